import type { Work } from './load.js';
import type { Sample } from './measure.js';

/** A figure of a sample. */
export interface Figure {
  /** With its unit. */
  readonly title: string;
  of(sample: Sample): number;
}

/** A load that all proxies carry in turn. */
export interface Rate {
  readonly title: string;
  /** Done at the same time. The figures are those of the last one. */
  readonly works: readonly Work[];
  /** Whether only proxies that look at the protocol header can do it. */
  readonly needsRefusals: boolean;
  readonly figures: readonly Figure[];
  /** CPU of the proxy; null where it says nothing. */
  readonly cost: Figure | null;
}

const last = ({ loads }: Sample) => {
  const load = loads.at(-1);
  if (load === undefined) throw new Error('a sample without a load');
  return load;
};
const perSecond = (title: string): Figure => ({
  title: `${title}/s`,
  of: (sample) => last(sample).operations / last(sample).seconds,
});
const cost = (title: string): Figure => ({
  title: `${title}, µs`,
  of: (sample) => (1e6 * sample.cpu) / last(sample).operations,
});
const megabytes = (sample: Sample): number => last(sample).octets / 1e6;

/** As many connections as keep a proxy busy. */
const MANY = 64;
/** Octets of a small message, and of a large write. */
const SMALL = 256;
const LARGE = 65_536;

/** The loads without faults, by their names on the command line. */
export const RATES = {
  conn: {
    title: 'forwarded connections',
    works: [{ mode: 'conn', connections: MANY }],
    needsRefusals: false,
    figures: [perSecond('forwarded connections')],
    cost: cost('a forwarded connection'),
  },
  ping64: {
    title: 'round trips, 64 connections',
    works: [{ mode: 'ping', connections: MANY, size: SMALL }],
    needsRefusals: false,
    figures: [perSecond('round trips on 64 connections')],
    cost: cost('a round trip, 64 connections'),
  },
  ping1: {
    title: 'round trips, 1 connection',
    works: [{ mode: 'ping', connections: 1, size: SMALL }],
    needsRefusals: false,
    figures: [perSecond('round trips on 1 connection')],
    cost: cost('a round trip, 1 connection'),
  },
  bulk: {
    title: 'bulk, 2 connections',
    works: [{ mode: 'bulk', connections: 2, size: LARGE }],
    needsRefusals: false,
    figures: [{ title: 'bulk, MB/s echoed', of: (sample) => megabytes(sample) / last(sample).seconds }],
    cost: { title: 'a MB echoed, µs', of: (sample) => (1e6 * sample.cpu) / megabytes(sample) },
  },
  refuse: {
    title: 'bad headers',
    works: [{ mode: 'refuse', connections: MANY }],
    needsRefusals: true,
    figures: [perSecond('bad headers refused')],
    cost: cost('a refused header'),
  },
  check: {
    title: 'health checks',
    works: [{ mode: 'check', connections: MANY }],
    needsRefusals: true,
    figures: [perSecond('health checks')],
    cost: cost('a health check'),
  },
  fairness: {
    title: 'pings beside a bulk connection',
    works: [
      { mode: 'bulk', connections: 1, size: LARGE },
      { mode: 'ping', connections: 1, size: SMALL },
    ],
    needsRefusals: false,
    figures: [
      { title: 'ping beside a bulk connection, p50 in ms', of: (sample) => last(sample).p50 },
      { title: 'ping beside a bulk connection, p99 in ms', of: (sample) => last(sample).p99 },
    ],
    cost: null,
  },
} as const satisfies Readonly<Record<string, Rate>>;

export type RateName = keyof typeof RATES;
