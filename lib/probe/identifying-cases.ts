import { encodeFrame, FRAME_HEADER_LENGTH, FRAME_TYPE } from '../amqp/frame.js';
import { protocolHeader } from '../amqp/header.js';
import { PROBE_CASES, type ProbeCase } from './cases.js';

/**
 * The cases whose answers the protocol header decides; their names as in a probe where it plays them too. In this order:
 * a server that serves one client after the other comes to the last ones last.
 */
export const HEADER_CASES: readonly ProbeCase[] = [
  named('tls'),
  named('http-get'),
  named('lowercase'),
  named('ascii-0091'),
  named('amqp-0-9-1'),
  { name: 'amqp-0-9-2', what: 'a version after 0-9-1', steps: [{ send: protocolHeader(0, 0, 9, 2) }] },
  named('amqp-0-8'),
  named('amqp-1-0-sasl'),
  {
    name: 'amqp-1-0-tls',
    what: 'a client of AMQP 1.0 that asks for TLS',
    steps: [{ send: protocolHeader(2, 1, 0, 0) }],
  },
  named('fin'),
  named('partial-silence'),
  named('silence'),
];

function named(name: string): ProbeCase {
  return PROBE_CASES.find((each) => each.name === name) as ProbeCase;
}

/** The one that every server of AMQP 0-9-1 takes on. */
export const GOOD_CASE = named('amqp-0-9-1');

/** A case whose answer the limit on frames before Tune-Ok decides. */
export interface FrameCase extends ProbeCase {
  /** octets */
  readonly announces: number;
}

export const FRAME_CASES = {
  /** More than `initial_frame_max` of RabbitMQ up to 4.0, less than that of 4.1. */
  large: announcing('large-frame', 5_000),
  /** More than any `initial_frame_max`. */
  huge: announcing('huge-frame', 100_000_000),
} as const;

/** A good header and the beginning of a method frame: type, channel, size. */
function announcing(name: string, announces: number): FrameCase {
  const frame = Buffer.from(encodeFrame(FRAME_TYPE.method, 0, new Uint8Array()).subarray(0, FRAME_HEADER_LENGTH));
  frame.writeUInt32BE(announces, FRAME_HEADER_LENGTH - 4);
  return {
    name,
    what: `a good client that announces a frame of ${announces} octets`,
    steps: [{ send: protocolHeader(0, 0, 9, 1) }, { send: frame }],
    announces,
  };
}
