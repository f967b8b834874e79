import { type ConnectionMethod, encodeMethodFrame } from '../../amqp/connection-methods.js';
import type { Dialect } from '../../amqp/dialect.js';
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
      description:
        "Whether values in the client's Tune-Ok that the broker would reject are changed: those above its limits are lowered to them, and a frame_max below its minimum (4096 bytes, 8192 from RabbitMQ 4.1 on) is raised to it.",
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
        method?.name === 'connection.tune-ok'
          ? encodeMethodFrame(within(tune, method, actions.setting.dialect))
          : octets,
      );
    },
});

/** RabbitMQ has limits for these two, but not for the heartbeat. @see rabbit_reader.erl, `validate_negotiated_integer_value` */
function within(tune: Tune, ok: TuneOk, { initialFrameMax }: Dialect): TuneOk {
  const frameMax = atMost(tune.frameMax, atLeast(initialFrameMax, ok.frameMax));
  return { ...ok, channelMax: atMost(tune.channelMax, ok.channelMax), frameMax };
}

/** The minimum of `frame_max` is what a frame may have before it is negotiated. 0 means no limit. */
function atLeast(least: number, value: number): number {
  return value > 0 && value < least ? least : value;
}

/** 0 means no limit, for both. */
function atMost(limit: number, value: number): number {
  return limit > 0 && (value === 0 || value > limit) ? limit : value;
}
