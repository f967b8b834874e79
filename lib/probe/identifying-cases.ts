import { facts } from '../amqp/dialect.js';
import { encodeFrame, FRAME_HEADER_LENGTH, FRAME_TYPE } from '../amqp/frame.js';
import { protocolHeader } from '../amqp/header.js';
import { PROBE_CASES, type ProbeCase } from './cases.js';

/**
 * The cases of `--identify` whose outcome depends on the protocol header, under the same names as in `probe`. The most
 * telling ones come first, in case the server handles one client at a time.
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
    what: 'an AMQP 1.0 client that requests TLS',
    steps: [{ send: protocolHeader(2, 1, 0, 0) }],
  },
  named('fin'),
  named('partial-silence'),
  named('silence'),
];

function named(name: string): ProbeCase {
  return PROBE_CASES.find((each) => each.name === name) as ProbeCase;
}

/** The client that every AMQP 0-9-1 server accepts. */
export const GOOD_CASE = named('amqp-0-9-1');

/** A case whose outcome depends on the frame size limit before Tune-Ok, `initial_frame_max`. */
export interface FrameCase extends ProbeCase {
  /** octets */
  readonly announces: number;
}

/** The limits of all dialects, in ascending order. */
const LIMITS = [...new Set(facts.initialFrameMax.map(([, limit]): number => limit))].sort((one, other) => one - other);

/** One case for each pair of neighboring limits: its frame is larger than the lower one only. */
export const LARGE_FRAMES: readonly FrameCase[] = LIMITS.slice(0, -1).map((limit, at) => {
  const size = Math.ceil((limit + 1) / 1_000) * 1_000;
  return announcing(at === 0 ? 'large-frame' : `large-frame-${size}`, size);
});

/** A frame that is larger than the limit of any dialect. */
export const HUGE_FRAME = announcing('huge-frame', 100_000_000);

export const FRAME_CASES: readonly FrameCase[] = [...LARGE_FRAMES, HUGE_FRAME];

/** A good header and the beginning of a method frame: type, channel, size. */
function announcing(name: string, announces: number): FrameCase {
  const frame = Buffer.from(encodeFrame(FRAME_TYPE.method, 0, new Uint8Array()).subarray(0, FRAME_HEADER_LENGTH));
  frame.writeUInt32BE(announces, FRAME_HEADER_LENGTH - 4);
  return {
    name,
    what: `a good client that announces a frame of ${announces} bytes`,
    steps: [{ send: protocolHeader(0, 0, 9, 1) }, { send: frame }],
    announces,
  };
}
