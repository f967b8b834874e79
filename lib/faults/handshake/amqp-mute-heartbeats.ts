import { FRAME_TYPE } from '../../amqp/frame.js';
import { handshakeFault } from '../fault-type.js';

export const amqpMuteHeartbeats = handshakeFault({
  name: 'amqp_mute_heartbeats',
  description: "Discards heartbeat frames: the broker's with stream downstream, the client's with stream upstream.",
  attributes: {},
  isOfOneDirection: true,
  at: () => ({ moment: null, place: 'after', delay: 0 }),
  act: () => (actions) => {
    const filtering = actions.filter(actions.stream === 'upstream' ? 'client' : 'upstream', ({ type }) =>
      type === FRAME_TYPE.heartbeat ? 'drop' : 'pass',
    );
    return () => filtering.remove();
  },
});
