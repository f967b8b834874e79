import { FRAME_TYPE } from '../../amqp/frame.js';
import { METHOD_IDS } from '../../amqp/method-ids.js';
import { attribute, choice, duration } from '../attribute.js';
import { handshakeFault } from '../fault-type.js';
import type { FrameHead, Undo } from './fault-actions.js';

/** Holds, drops or delays one method of an open connection. */
export const amqpHold = handshakeFault({
  name: 'amqp_hold',
  description:
    "Holds back, drops or delays a method: the broker's with stream downstream, the client's with stream upstream. Holding and delaying also keep back all later frames of that channel; dropping also discards the header and body that follow the method. If a basic.publish is dropped on a channel with publisher confirms, the client takes the confirm of a later message for it.",
  attributes: {
    method: attribute(choice(...METHOD_IDS.keys()), {
      default: null,
      defaultIs: 'required',
      description: 'The method, such as basic.ack.',
    }),
    action: attribute(choice('hold', 'drop', 'delay'), {
      default: 'hold',
      description: 'What happens to the method. Frames held back are passed on when the fault is removed.',
    }),
    delay: attribute(duration(), {
      default: 0,
      description: 'With action: delay, how long the method is delayed.',
    }),
  },
  isOfOneDirection: true,
  check: ({ method }) => (method === null ? { method: 'must be given: a method such as basic.ack' } : {}),
  at: () => ({ moment: 'running', place: 'after', delay: 0 }),
  act:
    ({ method, action, delay }) =>
    (actions) => {
      const side = actions.stream === 'upstream' ? 'client' : 'upstream';
      const isMethod = matcher(method ?? '');
      if (action === 'drop') {
        const filtering = actions.filter(side, dropping(isMethod));
        return () => filtering.remove();
      }
      const timers = new Map<number, Undo>();
      const held = new Set<number>();
      const filtering = actions.filter(side, (frame) => {
        const { channel } = frame;
        if (held.has(channel)) return 'keep';
        if (!isMethod(frame)) return 'pass';
        held.add(channel);
        if (action === 'delay')
          timers.set(
            channel,
            actions.after(delay, () => release(channel)),
          );
        return 'keep';
      });
      const release = (channel: number): void => {
        held.delete(channel);
        timers.delete(channel);
        filtering.release(channel);
      };
      return () => {
        for (const cancel of timers.values()) cancel();
        filtering.remove();
      };
    },
});

function matcher(method: string): (frame: FrameHead) => boolean {
  const [classId, methodId] = METHOD_IDS.get(method) ?? [];
  return ({ ids }) => ids !== null && ids[0] === classId && ids[1] === methodId;
}

/** The header and body of a method follow it on its channel, until the next method. */
function dropping(isMethod: (frame: FrameHead) => boolean): (frame: FrameHead) => 'pass' | 'drop' {
  const dropped = new Set<number>();
  return (frame) => {
    if (frame.type !== FRAME_TYPE.method) {
      const isContent = frame.type === FRAME_TYPE.header || frame.type === FRAME_TYPE.body;
      return isContent && dropped.has(frame.channel) ? 'drop' : 'pass';
    }
    if (isMethod(frame)) dropped.add(frame.channel);
    else dropped.delete(frame.channel);
    return dropped.has(frame.channel) ? 'drop' : 'pass';
  };
}
