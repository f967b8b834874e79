import type { Since } from './version.js';

/** What the versions of RabbitMQ do after an AMQP 1.0 header. rabbit_amqp1_0_reader.erl (3.x), rabbit_amqp_reader.erl (4.x) */
export const AMQP10_FACTS = {
  /** The names of the AMQP 1.0 states in which the broker waits. rabbit_amqp1_0_reader.erl, rabbit_amqp_reader.erl */
  amqp10HeaderCallback: [
    [[3, 6, 0], 'frame_header_1_0'],
    [[4, 0, 0], 'frame_header'],
  ],
  amqp10BodyCallback: [
    [[3, 6, 0], 'frame_payload_1_0'],
    [[4, 0, 0], 'frame_body'],
  ],
  /**
   * Which fields of an AMQP 1.0 frame header are checked. 3.x: data offset and type. 4.0: also the size; a frame that
   * is too large is a framing error. 4.3.5: each bad field is a framing error, also a data offset after the end of the
   * frame, and the size is checked first. rabbit_amqp1_0_reader.erl, rabbit_amqp_reader.erl, `handle_input`
   */
  amqp10FrameChecks: [
    [[3, 6, 0], 'header'],
    [[4, 0, 0], 'header, size'],
    [[4, 3, 5], 'framing'],
  ],
  /** Whether an AMQP 1.0 frame without a body is an error. rabbit_amqp_reader.erl, `handle_frame` */
  amqp10EmptyFrame: [
    [[3, 6, 0], 'error'],
    [[4, 3, 5], 'ignored'],
  ],
  /** Whether only channel 0 may be used before AMQP 1.0's `open`. rabbit_amqp_reader.erl, `handle_frame0` */
  amqp10ChecksChannel: [
    [[3, 6, 0], false],
    [[4, 0, 0], true],
  ],
  /** How an AMQP 1.0 error refers to its channel. */
  amqp10ErrorNames: [
    [[3, 6, 0], 'channel'],
    [[4, 0, 0], 'channel number'],
  ],
  /**
   * The capabilities offered in AMQP 1.0's `open`, `handle_connection_frame`. The row of 4.4 was read in the source, not
   * measured.
   */
  amqp10Capabilities: [
    [[3, 6, 0], ''],
    [[4, 0, 0], 'LINK_PAIR_V1_0 ANONYMOUS-RELAY'],
    [[4, 4, 0], 'LINK_PAIR_V1_0 ANONYMOUS-RELAY SHARED-SUBS'],
  ],
} as const satisfies { readonly [fact: string]: Since<unknown> };
