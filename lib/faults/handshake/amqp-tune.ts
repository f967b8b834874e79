import { type ConnectionMethod, encodeMethodFrame } from '../../amqp/connection-methods.js';
import { attribute, boolean, integer } from '../attribute.js';
import { handshakeFault } from '../fault-type.js';

type Tune = Extract<ConnectionMethod, { name: 'connection.tune' }>;
type TuneOk = Extract<ConnectionMethod, { name: 'connection.tune-ok' }>;

const unchanged = { default: null, defaultIs: "the broker's" } as const;

/** Rewrites the broker's Connection.Tune, and the client's answer to it. */
export const amqpTune = handshakeFault({
  name: 'amqp_tune',
  description: "Rewrites the broker's Connection.Tune.",
  attributes: {
    channel_max: attribute(integer(0, 0xffff), {
      ...unchanged,
      description: 'Maximum number of channels. 0 is no limit.',
    }),
    heartbeat: attribute(integer(0, 0xffff, 's'), {
      ...unchanged,
      description: 'Heartbeat interval. 0 turns heartbeats off.',
    }),
    frame_max: attribute(integer(0, 0xffff_ffff, 'bytes'), {
      ...unchanged,
      description: 'Maximum frame size. 0 is no limit.',
    }),
    clamp: attribute(boolean(), {
      default: true,
      description: "Whether values in the client's Tune-Ok that exceed the broker's limits are lowered to them.",
    }),
  },
  at: () => ({ moment: 'tune', place: 'before', delay: 0 }),
  applies: ({ isWhole }) => isWhole,
  act:
    ({ channel_max, heartbeat, frame_max, clamp }) =>
    (actions) => {
      const { method: tune } = actions.trigger;
      if (tune?.name !== 'connection.tune') return;
      actions.rewrite(
        encodeMethodFrame({
          name: 'connection.tune',
          channelMax: channel_max ?? tune.channelMax,
          frameMax: frame_max ?? tune.frameMax,
          heartbeat: heartbeat ?? tune.heartbeat,
        }),
      );
      if (!clamp) return;
      actions.rewriteAt('tune-ok', ({ method, octets }) =>
        method?.name === 'connection.tune-ok' ? encodeMethodFrame(within(tune, method)) : octets,
      );
    },
});

/** RabbitMQ has limits for these two, but not for the heartbeat. @see rabbit_reader.erl, `validate_negotiated_integer_value` */
function within(tune: Tune, ok: TuneOk): TuneOk {
  return { ...ok, channelMax: atMost(tune.channelMax, ok.channelMax), frameMax: atMost(tune.frameMax, ok.frameMax) };
}

/** 0 means no limit, for both. */
function atMost(limit: number, value: number): number {
  return limit > 0 && (value === 0 || value > limit) ? limit : value;
}
