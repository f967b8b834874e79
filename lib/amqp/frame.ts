import { OctetReader } from './octet-reader.js';
import { OctetWriter } from './octet-writer.js';

/** The frame types of AMQP 0-9-1. @see AMQP 0-9-1, section 4.2.3 */
export const FRAME_TYPE = { method: 1, header: 2, body: 3, heartbeat: 8 } as const;

export const isFrameType = (type: number): boolean =>
  type === FRAME_TYPE.method || type === FRAME_TYPE.header || type === FRAME_TYPE.body || type === FRAME_TYPE.heartbeat;

/** The last octet of every frame. */
export const FRAME_END = 0xce;

/** Octets before the payload: type, channel (2), size (4). */
export const FRAME_HEADER_LENGTH = 7;

/**
 * Maximum payload of a frame that is read as a whole while a connection is opened, in octets. Brokers have a lower limit,
 * which their operator may raise (`initial_frame_max`); this is their limit after Tune-Ok.
 */
export const MAX_OPENING_PAYLOAD = 128 * 1024;

/** A frame as received; `type` may be one that does not exist. */
export interface Frame {
  readonly type: number;
  readonly channel: number;
  readonly payload: Uint8Array;
}

/** Why octets are not frames. Names and facts are those of RabbitMQ's `frame_error`. */
export type FrameProblem =
  | {
      readonly name: 'frame_too_large';
      readonly type: number;
      readonly channel: number;
      readonly size: number;
      readonly maxPayload: number;
    }
  | (Frame & { readonly name: 'invalid_frame_end_marker'; readonly marker: number });

/** What a reader waits for: RabbitMQ's `callback`, which it logs in `{handshake_timeout,_}`. */
export type FrameCallback =
  | { readonly name: 'frame_header' }
  | { readonly name: 'frame_payload'; readonly type: number; readonly channel: number; readonly size: number };

/** The octets of one frame. */
export function encodeFrame(type: number, channel: number, payload: Uint8Array): Uint8Array {
  const writer = new OctetWriter();
  writer.octet(type);
  writer.short(channel);
  writer.longstr(payload);
  writer.octet(FRAME_END);
  return writer.octets();
}

/** The heartbeat frame; there is only one. */
export const HEARTBEAT = encodeFrame(FRAME_TYPE.heartbeat, 0, new Uint8Array());

/** Reads a frame header from 7 octets or more. */
export function readFrameHeader(octets: Uint8Array): { type: number; channel: number; size: number } {
  const reader = new OctetReader(octets);
  return { type: reader.octet(), channel: reader.short(), size: reader.long() };
}
