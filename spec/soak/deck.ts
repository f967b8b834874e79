import type { FaultTypeName } from '../../lib/faults/registry.js';
import type { Random } from '../conformance/random.js';

/** A fault of the run, without its name and proxy. */
export interface Card {
  readonly type: FaultTypeName;
  readonly stream: 'upstream' | 'downstream';
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly toxicity?: number;
  readonly times?: number;
}

type Variant = Omit<Card, 'type' | 'stream'> & { readonly stream?: Card['stream'] };

const AT = ['accept', 'header', 'start', 'start-ok', 'tune', 'tune-ok', 'open', 'running'] as const;
const AT_METHOD = ['start', 'start-ok', 'tune', 'tune-ok', 'open', 'running'] as const;

/**
 * The variants of every fault type. Each leaves room for traffic: it is short, or acts on some connections only.
 *
 * `amqp_hold` never drops `basic.publish`: the broker would number the confirms of the channel differently from the
 * client, which would then take a message for confirmed that never reached the broker.
 */
export const VARIANTS: Readonly<Record<FaultTypeName, readonly Variant[]>> = {
  latency: [
    { attributes: { latency: 30, jitter: 20 } },
    { stream: 'upstream', attributes: { latency: 100 }, toxicity: 0.5 },
  ],
  bandwidth: [
    { attributes: { rate: 300 } },
    { stream: 'upstream', attributes: { rate: 100 }, toxicity: 0.5 },
    { attributes: { rate: 0 }, toxicity: 0.5 },
  ],
  slow_close: [{ attributes: { delay: 300 } }, { stream: 'upstream', attributes: { delay: 1000 } }],
  timeout: [
    { attributes: { timeout: 500 }, toxicity: 0.5 },
    { stream: 'upstream', attributes: { timeout: 0 }, toxicity: 0.5 },
  ],
  reset_peer: [
    { attributes: { timeout: 0 }, toxicity: 0.5 },
    { stream: 'upstream', attributes: { timeout: 200 }, toxicity: 0.5 },
  ],
  slicer: [
    { attributes: { average_size: 700, size_variation: 600, delay: 10 } },
    { stream: 'upstream', attributes: { average_size: 50, size_variation: 49 }, toxicity: 0.5 },
  ],
  limit_data: [
    { attributes: { bytes: 20_000 }, toxicity: 0.5 },
    { stream: 'upstream', attributes: { bytes: 5000 }, toxicity: 0.5 },
  ],
  noop: [{ attributes: {} }, { stream: 'upstream', attributes: {} }],
  cut: [
    { attributes: { bytes: 20_000 }, toxicity: 0.5 },
    { stream: 'upstream', attributes: { bytes: 5000, close: 'fin' }, toxicity: 0.5 },
    { attributes: { delay: 700, close: 'fin' }, toxicity: 0.5 },
  ],
  idle_forget: [
    { attributes: { idle: 300 }, toxicity: 0.5 },
    { attributes: { idle: 500, then: 'drop' }, toxicity: 0.5 },
  ],
  blackhole: [
    { attributes: {}, toxicity: 0.5 },
    { attributes: { then: 'rst' }, toxicity: 0.5 },
  ],
  amqp_refuse: [
    { attributes: {}, times: 3 },
    { attributes: { reason: 'bad_version', close: 'fin', delay: 50 }, times: 3 },
    { attributes: { reason: 'sasl_required', farewell: '' }, times: 3 },
  ],
  amqp_stall: [
    ...AT.map((at) => ({ attributes: { at, timeout: 500, then: 'rst' }, times: 2 })),
    ...AT_METHOD.map((at) => ({ attributes: { at, place: 'middle', timeout: 500, then: 'resume' }, times: 4 })),
    { attributes: { at: 'header', octets: 4, timeout: 500, then: 'fin' }, times: 2 },
  ],
  amqp_reset: AT.map((at) => ({ attributes: { at }, times: 3 })),
  amqp_fin: AT.map((at) => ({ attributes: { at, delay: 20 }, times: 3 })),
  amqp_close: AT_METHOD.flatMap((at) => [
    { attributes: { at, code: 320 }, times: 3 },
    { attributes: { at, code: 403, close: 'fin', timeout: 500 }, times: 3 },
  ]),
  amqp_truncate: (['start', 'tune', 'running'] as const).flatMap((at) => [
    { attributes: { at }, times: 3 },
    { attributes: { at, octets: 3, then: 'fin' }, times: 3 },
  ]),
  amqp_corrupt: AT_METHOD.flatMap((at) =>
    ['frame_end', 'type', 'size', 'class', 'method'].map((what) => ({ attributes: { at, what, value: 77 }, times: 2 })),
  ),
  amqp_start: [
    { attributes: { mechanisms: 'EXTERNAL' }, times: 3 },
    { attributes: { version_major: 8, version_minor: 0 }, times: 3 },
    { attributes: { server_properties: '{"product":"soak","capabilities":{"connection.blocked":null}}' } },
  ],
  amqp_tune: [{ attributes: { frame_max: 8192, heartbeat: 10 } }, { attributes: { channel_max: 1 } }],
  amqp_blocked: [
    { attributes: { duration: 500 }, toxicity: 0.5 },
    { attributes: { delay: 100 }, toxicity: 0.5 },
  ],
  amqp_mute_heartbeats: [{ attributes: {} }, { stream: 'upstream', attributes: {} }],
  amqp_hold: [
    { attributes: { method: 'basic.ack' }, toxicity: 0.5 },
    { attributes: { method: 'basic.ack', action: 'drop' }, toxicity: 0.3 },
    { stream: 'upstream', attributes: { method: 'basic.ack', action: 'drop' }, toxicity: 0.3 },
    { attributes: { method: 'basic.deliver', action: 'delay', delay: 50 } },
    { attributes: { method: 'basic.deliver', action: 'drop' }, toxicity: 0.3 },
    { stream: 'upstream', attributes: { method: 'basic.publish' }, toxicity: 0.5 },
    { attributes: { method: 'channel.open-ok', action: 'delay', delay: 300 } },
    { attributes: { method: 'confirm.select-ok', action: 'drop' }, toxicity: 0.5 },
    { stream: 'upstream', attributes: { method: 'connection.close', action: 'drop' }, toxicity: 0.5 },
  ],
  amqp_channel_close: [
    { attributes: { count: 2 }, toxicity: 0.5 },
    { attributes: { code: 404, share: 0.1 }, toxicity: 0.5 },
  ],
  amqp_cancel: [{ attributes: { delay: 200, count: 1 }, toxicity: 0.5 }],
  amqp_return: [{ attributes: { share: 0.1 } }],
  amqp_nack: [{ attributes: { share: 0.1 } }],
  amqp_confirm: [
    { attributes: { how: 'reorder' } },
    { attributes: { how: 'collapse', within: 20 } },
    { attributes: { how: 'double', share: 0.5 }, toxicity: 0.5 },
  ],
  amqp_deliver: [
    { attributes: { how: 'double', share: 0.3 } },
    { attributes: { how: 'reorder', batch: 4 } },
    { attributes: { how: 'hold', count: 5 }, toxicity: 0.5 },
  ],
  connect_refuse: [{ attributes: {} }],
  connect_hang: [{ attributes: {} }],
  connect_limit: [
    { attributes: { rate: 5, burst: 2 }, toxicity: 0.5 },
    { attributes: { rate: 20, burst: 1, then: 'hang' }, toxicity: 0.5 },
  ],
  // On the proxy that terminates TLS only.
  tls_reset: [{ attributes: { at: 'secured' }, toxicity: 0.5 }],
  tls_fin: [{ attributes: { at: 'secured', close_notify: false }, toxicity: 0.5 }],
  tls_stall: [{ attributes: { at: 'client-hello', timeout: 500, then: 'resume' } }],
  tls_alert: [{ attributes: {}, toxicity: 0.5 }],
  tls_certificate: [{ attributes: { problem: 'unknown_ca' }, toxicity: 0.5 }],
  connect_delay: [{ attributes: { delay: 300 } }, { attributes: { delay: 1500 }, toxicity: 0.5 }],
};

export const TYPES = Object.keys(VARIANTS) as readonly FaultTypeName[];

/** Returns one fault of each type, in a random order. */
export function deal(random: Random): Card[] {
  const cards = TYPES.map((type): Card => {
    const [first, ...more] = VARIANTS[type];
    return { type, stream: 'downstream', ...random.pick([first as Variant, ...more]) };
  });
  for (let at = cards.length - 1; at > 0; at--) {
    const other = random.between(0, at);
    [cards[at], cards[other]] = [cards[other] as Card, cards[at] as Card];
  }
  return cards;
}

/** Whether the fault acts on the listener, and so on connects rather than on connections. */
export function actsOnConnects({ type }: Card): boolean {
  return type === 'connect_refuse' || type === 'connect_hang';
}
