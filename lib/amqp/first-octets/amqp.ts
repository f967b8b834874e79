import { anyOf } from './pattern.js';
import type { Recognizer } from './recognizer.js';

/** AMQP that no RabbitMQ accepts: other versions, AMQP without a protocol header, and a header written as text. */
export const AMQP: readonly Recognizer[] = [
  {
    what: 'amqp_0_10',
    detail: 'an AMQP 0-10 client (Qpid). RabbitMQ does not support that version: use AMQP 0-9-1 or 1.0',
    confidence: 'certain',
    // AMQP 0-10, section 4.3: class 1, instance 1, version 0-10.
    is: (_, text) => text === 'AMQP\x01\x01\0\x0a',
  },
  {
    what: 'amqp_1_0_tls',
    detail:
      'an AMQP 1.0 client that negotiates TLS inside AMQP, which RabbitMQ does not support: use TLS from the first byte, normally on port 5671 (amqps://)',
    confidence: 'certain',
    // AMQP 1.0, section 5.2.1: protocol id 2.
    is: (_, text) => text === 'AMQP\x02\x01\0\0',
  },
  {
    what: 'amqp_frame',
    detail: 'an AMQP frame: the client did not send the protocol header first',
    confidence: 'likely',
    // A method frame on channel 0 with less than 64 KiB and a class below 256, or a heartbeat.
    is: anyOf('01 00 00 00 00 .. .. 00', '08 00 00 00 00 00 00 ce'),
  },
  {
    what: 'amqp_text',
    detail: 'AMQP written as text: a person or a script typed the protocol header instead of sending its bytes',
    confidence: 'likely',
    // `AMQP` alone may be the start of a valid header.
    is: (_, text) => /^amqp/i.test(text) && !/^AMQP($|[^\x20-\x7e\r\n])/.test(text),
  },
];

/** AMQP 1.0 headers that some brokers accept. They look like AMQP unless the broker refused them. */
export const REFUSED_AMQP: readonly Recognizer[] = [
  {
    what: 'amqp_1_0',
    detail:
      'an AMQP 1.0 client. RabbitMQ 3 accepts it only with the plugin rabbitmq_amqp1_0: enable the plugin, or use a client library for AMQP 0-9-1',
    confidence: 'certain',
    // AMQP 1.0, section 5.3.1: protocol id 3, SASL.
    is: (_, text) => text === 'AMQP\x03\x01\0\0',
  },
  {
    what: 'amqp_1_0_without_sasl',
    detail:
      'an AMQP 1.0 client without SASL. RabbitMQ 4 requires SASL, and RabbitMQ 3 the plugin rabbitmq_amqp1_0: give the client a user name, or let it use SASL ANONYMOUS',
    confidence: 'certain',
    // AMQP 1.0, section 2.2: protocol id 0.
    is: (_, text) => text === 'AMQP\0\x01\0\0',
  },
];
