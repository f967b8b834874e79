import { pemPath } from '../support/secure-wire.js';
import type { Json } from './target.js';

type Settings = { readonly [key: string]: Json };

/** How many proxies of each kind there are. Each plays one connection at a time. */
const EACH = 2;

const proxyProtocol = (accept: string, send = 'off'): Settings => ({ proxyProtocol: { accept, send } });
const tls: Settings = { tls: { cert: pemPath('server'), key: pemPath('server-key') } };

/** The kinds of proxies that connections are played on, with the settings that differ from `COMMON`. */
export const LANES = {
  guard: {},
  'guard 3.6': { dialect: '3.6', close: 'fin' },
  'guard 3.10': { dialect: '3.10', amqp10: 'on' },
  'guard 4.1': { dialect: '4.1' },
  'guard, handshake only': { observe: 'handshake' },
  observe: { mode: 'observe' },
  'observe, handshake only': { mode: 'observe', observe: 'handshake' },
  'PROXY accepted': proxyProtocol('accept'),
  'PROXY required': { ...proxyProtocol('require'), dialect: '3.10' },
  'PROXY accepted, observe': { ...proxyProtocol('accept'), mode: 'observe' },
  'PROXY v1 sent': proxyProtocol('off', 'v1'),
  'PROXY v2 sent, observe': { ...proxyProtocol('accept', 'v2'), mode: 'observe' },
  TLS: { ...tls, dialect: '4.1' },
  'TLS 3.6, observe': { ...tls, mode: 'observe', dialect: '3.6' },
  'TLS, PROXY accepted': { ...tls, ...proxyProtocol('accept') },
  'upstream TLS': { upstreamTls: { ca: pemPath('ca') } },
  unreachable: {},
} as const satisfies Readonly<Record<string, Settings>>;

export type LaneKind = keyof typeof LANES;

export const LANE_KINDS = Object.keys(LANES) as [LaneKind, ...LaneKind[]];

/** One proxy. */
export interface LaneSettings {
  readonly kind: LaneKind;
  readonly name: string;
}

export const ALL_LANES: readonly LaneSettings[] = LANE_KINDS.flatMap((kind, at) =>
  Array.from({ length: EACH }, (_, nth) => ({ kind, name: `lane-${at}-${nth}` })),
);

const COMMON: Settings = { listen: '127.0.0.1:0', handshakeTimeout: '300ms', connectTimeout: '500ms' };

/** The config of a program with all lanes. @param upstreamOf port of a lane's upstream */
export function configOf(upstreamOf: (lane: LaneSettings) => number, log: string): string {
  return JSON.stringify({
    proxies: ALL_LANES.map((lane) => ({
      ...COMMON,
      name: lane.name,
      upstream: `127.0.0.1:${upstreamOf(lane)}`,
      ...LANES[lane.kind],
    })),
    control: '127.0.0.1:0',
    log: { format: log, level: 'debug' },
    seed: 1,
  });
}
