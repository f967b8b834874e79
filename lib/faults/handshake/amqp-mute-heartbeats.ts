import { FRAME_TYPE } from '../../amqp/frame.js';
import { handshakeFault } from '../fault-type.js';

export const amqpMuteHeartbeats = handshakeFault({
  name: 'amqp_mute_heartbeats',
  description:
    'Throws heartbeat frames away: with stream downstream those of the broker, with upstream those of the client.',
  attributes: {},
  at: () => ({ moment: null, place: 'after', delay: 0 }),
  act: () => (actions) => {
    const filtering = actions.filter(actions.stream === 'upstream' ? 'client' : 'upstream', ({ type }) =>
      type === FRAME_TYPE.heartbeat ? 'drop' : 'pass',
    );
    return () => filtering.remove();
  },
});
