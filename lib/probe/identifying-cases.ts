import { encodeFrame, FRAME_HEADER_LENGTH, FRAME_TYPE } from '../amqp/frame.js';
import { protocolHeader } from '../amqp/header.js';
import { PROBE_CASES, type ProbeCase } from './cases.js';

/** Of the specification's cases those that tell servers apart. */
const OF_THE_SPECIFICATION = [
  'silence',
  'fin',
  'partial-silence',
  'lowercase',
  'ascii-0091',
  'http-get',
  'tls',
  'amqp-0-9-1',
  'amqp-0-8',
  'amqp-1-0-sasl',
];

/** The cases whose answers the protocol header decides; their names as in a probe where it plays them too. */
export const HEADER_CASES: readonly ProbeCase[] = [
  ...PROBE_CASES.filter(({ name }) => OF_THE_SPECIFICATION.includes(name)),
  { name: 'amqp-0-9-2', what: 'a version after 0-9-1', steps: [{ send: protocolHeader(0, 0, 9, 2) }] },
  { name: 'amqp-1-0-tls', what: 'AMQP 1.0 that asks for TLS', steps: [{ send: protocolHeader(2, 1, 0, 0) }] },
];

/** The one that every server of AMQP 0-9-1 takes on. */
export const GOOD_CASE = HEADER_CASES.find(({ name }) => name === 'amqp-0-9-1') as ProbeCase;

/** More than `initial_frame_max` of RabbitMQ up to 4.0, less than that of 4.1. Octets. */
export const LARGE = 5_000;
/** More than any `initial_frame_max`. Octets. */
const HUGE = 100_000_000;

/** The cases whose answers the limit on frames before Tune-Ok decides. */
export const FRAME_CASES = {
  large: {
    name: 'large-frame',
    what: `a good client that announces a frame of ${LARGE} octets`,
    steps: announcing(LARGE),
  },
  huge: {
    name: 'huge-frame',
    what: `a good client that announces a frame of ${HUGE} octets`,
    steps: announcing(HUGE),
  },
} as const satisfies { readonly [size: string]: ProbeCase };

/** A good header and the beginning of a method frame: type, channel, size. */
function announcing(size: number): ProbeCase['steps'] {
  const frame = Buffer.from(encodeFrame(FRAME_TYPE.method, 0, new Uint8Array()).subarray(0, FRAME_HEADER_LENGTH));
  frame.writeUInt32BE(size, FRAME_HEADER_LENGTH - 4);
  return [{ send: protocolHeader(0, 0, 9, 1) }, { send: frame }];
}
