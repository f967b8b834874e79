import { FRAME_HEADER_LENGTH } from '../../amqp/frame.js';
import type { Undo } from '../handshake/fault-actions.js';
import type { Cut, Message } from './message.js';
import { factsOf, type Selection } from './selection.js';
import type { OpenStage } from './stage.js';

/**
 * A stage that cuts one message of the broker short.
 *
 * @param octets how many octets of the method frame or of the body pass; null: half of it. Of a body of more than 2 MiB, no more
 *   than what has arrived
 * @param then called after them. @returns a function that undoes it
 */
export const truncating =
  (selection: Selection, what: 'frame' | 'body', octets: number | null, then: () => Undo): OpenStage =>
  (port) => {
    let cut: Cut | undefined;
    let undo: Undo = () => {};
    return {
      fromClient: (message) => port.toUpstream(message),
      fromUpstream(message) {
        const has = what === 'frame' || message.content.length > 1;
        if (!has || !selection.picks(factsOf(message, port.consumers))) {
          port.toClient(message);
          return;
        }
        cut = {
          at: what === 'frame' ? inFrame(message, octets) : inBody(message, octets),
          then: () => {
            undo = then();
          },
          isUndone: false,
        };
        port.toClient({ ...message, cut });
      },
      release() {
        selection.close();
        if (cut === undefined || cut.isUndone) return;
        cut.isUndone = true;
        port.resumeClient();
        undo();
      },
      isIdle: true,
    };
  };

function inFrame({ frame }: Message, octets: number | null): number {
  return Math.min(octets ?? Math.floor(frame.length / 2), frame.length);
}

/** The position in a message after a number of octets of its body, in the middle of a frame unless it is 0. */
function inBody({ frame, content: [header = frame, ...body] }: Message, octets: number | null): number {
  const sizes = body.map(({ length }) => length - FRAME_HEADER_LENGTH - 1);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let left = Math.min(octets ?? Math.floor(total / 2), total);
  let at = frame.length + header.length;
  for (const size of sizes) {
    if (left <= size) return left === 0 ? at : at + FRAME_HEADER_LENGTH + left;
    left -= size;
    at += FRAME_HEADER_LENGTH + size + 1;
  }
  return at;
}
