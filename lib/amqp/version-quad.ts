import { isAmqp10, type Quad } from './header.js';

type Described = { readonly what: string; readonly cause: string; readonly fix: string };

const TYPED = 'A person or a script typed the version as digits. It must be the bytes 0 0 9 1.';
const SEND_BYTES = "Send the bytes: `printf 'AMQP\\0\\0\\11\\1' | nc HOST 5672`.";

/** Says which version a client asked for that the broker refused with `bad_version`, why clients do so, and what to change. */
export function describeQuad(quad: Quad): Described {
  const [a, b, c, d] = quad;
  if ((a === 1 && b === 1 && c === 0 && d === 10) || (a === 0 && b === 0 && c === 10) || (a === 0 && b === 10)) {
    return {
      what: 'which is AMQP 0-10',
      cause: 'A client for Apache Qpid. RabbitMQ has never supported AMQP 0-10.',
      fix: 'Use a client for AMQP 0-9-1, or for AMQP 1.0 (`AMQP` 3 1 0 0).',
    };
  }
  if (quad.every((octet) => octet >= 0x20 && octet <= 0x7e)) {
    const text = String.fromCharCode(...quad);
    return { what: `which is the text '${text}' instead of four numbers`, cause: TYPED, fix: SEND_BYTES };
  }
  if (quad.some((octet) => octet === 13 || octet === 10)) {
    return { what: 'which contains a line break: a person pressed Enter', cause: TYPED, fix: SEND_BYTES };
  }
  if ((a === 1 && b === 1 && (c === 8 || c === 9)) || c === 8 || (a === 1 && b === 1 && c === 0 && d === 8)) {
    return {
      what: 'which is AMQP 0-8',
      cause: 'A very old client library. RabbitMQ 4.0 and later no longer support AMQP 0-8.',
      fix: 'Update the client library to one for AMQP 0-9-1.',
    };
  }
  if (a === 0 && b === 0 && c === 9) {
    return {
      what: 'which is a version near AMQP 0-9-1',
      cause: 'A program that builds the protocol header itself: the last number must be 1.',
      fix: 'Send `AMQP` 0 0 9 1.',
    };
  }
  if (a === 0 && b === 9) {
    return {
      what: 'which has the numbers of AMQP 0-9-1 in the wrong places',
      cause: 'A program that builds the protocol header itself, wrongly.',
      fix: 'Send `AMQP` 0 0 9 1.',
    };
  }
  if (isAmqp10(quad) || (b === 1 && c === 0)) {
    return {
      what: 'which is close to AMQP 1.0',
      cause: 'A client for AMQP 1.0 that this broker does not support.',
      fix: 'Use `AMQP` 3 1 0 0 (AMQP 1.0 with SASL), and on RabbitMQ 3.x `rabbitmq-plugins enable rabbitmq_amqp1_0`.',
    };
  }
  return {
    what: 'which this broker does not support',
    cause:
      'A client library for another version of AMQP, or a program that builds the protocol header itself, wrongly.',
    fix: 'Use a client for AMQP 0-9-1 (`AMQP` 0 0 9 1) or AMQP 1.0 (`AMQP` 3 1 0 0).',
  };
}
