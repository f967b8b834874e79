import type { Amqp10Layer } from './amqp10-frame.js';
import type { FrameCallback } from './frame.js';

/** What the broker is waiting for when the handshake times out: RabbitMQ's `callback`. */
export type HandshakeCallback =
  /** The 8 octets of a protocol header; in AMQP 1.0 also of the second one. */
  | { readonly name: 'handshake' }
  | FrameCallback
  | { readonly name: 'amqp10_header'; readonly layer: Amqp10Layer }
  | {
      readonly name: 'amqp10_body';
      readonly layer: Amqp10Layer;
      readonly dataOffset: number;
      readonly channel: number;
    };
