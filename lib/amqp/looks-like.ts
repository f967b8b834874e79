import type { ClientHello } from '../tls/client-hello.js';
import { HEADER_LENGTH, toText } from './header.js';

/** What the client probably is, judged by its first octets. */
export type LooksLike = {
  readonly what: string;
  readonly detail: string;
  /** `certain`: the octets are the signature of that protocol. `likely`: such clients usually start with them. */
  readonly confidence: 'certain' | 'likely';
};

type Recognizer = {
  readonly what: string;
  readonly detail: string;
  readonly confidence: 'certain' | 'likely';
  readonly is: (octets: Uint8Array, text: string) => boolean;
};

const HTTP_METHOD = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE) [^ ]?/;

/** Tried in this order; the first match wins. */
const recognizers: readonly Recognizer[] = [
  {
    what: 'tls',
    detail: 'a TLS ClientHello: the client expects AMQP over TLS, normally on port 5671',
    confidence: 'certain',
    is: (o) => o[0] === 0x16 && o[1] === 0x03 && o[5] === 0x01,
  },
  {
    what: 'tls',
    detail: 'a TLS record that is not a ClientHello',
    confidence: 'likely',
    is: (o) =>
      o.length >= 3 && (o[0] as number) >= 0x14 && (o[0] as number) <= 0x17 && o[1] === 0x03 && (o[2] as number) <= 4,
  },
  {
    what: 'proxy_protocol_v2',
    detail: 'a PROXY protocol v2 header from a load balancer. To accept it on this port, set proxyProtocol.accept',
    confidence: 'certain',
    is: (_, text) => text.startsWith('\r\n\r\n\0\r\nQ'),
  },
  {
    what: 'proxy_protocol_v1',
    detail: 'a PROXY protocol v1 header from a load balancer. To accept it on this port, set proxyProtocol.accept',
    confidence: 'certain',
    is: (_, text) => text.startsWith('PROXY '),
  },
  {
    what: 'http2',
    detail: 'an HTTP/2 client with prior knowledge (perhaps gRPC)',
    confidence: 'certain',
    is: (_, text) => text.startsWith('PRI * HT'),
  },
  {
    what: 'http',
    detail:
      'an HTTP request: a health check or a browser on the AMQP port, or a client of the management API (port 15672)',
    confidence: 'certain',
    is: (_, text) => HTTP_METHOD.test(text),
  },
  {
    what: 'ssh',
    detail: 'an SSH client',
    confidence: 'certain',
    is: (_, text) => text.startsWith('SSH-'),
  },
  {
    what: 'stomp',
    detail: 'a STOMP client, which normally uses port 61613',
    confidence: 'likely',
    is: (_, text) => text.startsWith('CONNECT\n') || text.startsWith('STOMP\n') || text.startsWith('CONNECT\r'),
  },
  {
    what: 'mqtt',
    detail: 'an MQTT client, which normally uses port 1883',
    confidence: 'certain',
    is: (o, text) => o[0] === 0x10 && (text.includes('\0\x04MQT') || text.includes('\0\x06MQI')),
  },
  {
    what: 'redis',
    detail: 'a Redis command, for example the redis-check of a load balancer',
    confidence: 'likely',
    is: (_, text) => /^\*\d+\r\n\$/.test(text),
  },
  {
    what: 'smtp',
    detail: 'an SMTP client',
    confidence: 'likely',
    is: (_, text) => /^(EHLO|HELO) /i.test(text),
  },
  {
    what: 'postgresql',
    detail: 'a PostgreSQL client',
    confidence: 'certain',
    is: (_, text) => text.startsWith('\0\0\0\x08\x04\xd2\x16\x2f') || text.slice(4) === '\0\x03\0\0',
  },
  {
    what: 'socks5',
    detail: 'a SOCKS 5 greeting: the client uses this port as its proxy',
    confidence: 'likely',
    is: (o) => o[0] === 0x05 && o.length >= 3 && o.length === 2 + (o[1] as number),
  },
  {
    what: 'amqp_frame',
    detail: 'an AMQP frame: the client did not send the protocol header first',
    confidence: 'likely',
    is: (o, text) => (o[0] === 1 && text.slice(1, 4) === '\0\0\0') || text.startsWith('\x08\0\0\0\0\0\0\xce'),
  },
  {
    what: 'amqp_0_10',
    detail: 'an AMQP 0-10 client (Qpid). RabbitMQ does not support that version',
    confidence: 'certain',
    is: (_, text) => text === 'AMQP\x01\x01\0\x0a',
  },
  {
    what: 'amqp_text',
    detail: 'AMQP written as text: a person or a script typed the protocol header instead of sending its bytes',
    confidence: 'likely',
    // `AMQP` alone may be the start of a valid header.
    is: (_, text) => /^amqp/i.test(text) && !/^AMQP($|[^\x20-\x7e\r\n])/.test(text),
  },
  {
    what: 'line_feeds',
    detail: 'a person who pressed Enter, or a check that sends line breaks',
    confidence: 'likely',
    is: (_, text) => /^[\r\n]+$/.test(text),
  },
  {
    what: 'zeros',
    detail: 'zero bytes, as sent by port scanners',
    confidence: 'likely',
    is: (o) => o.length === HEADER_LENGTH && o.every((octet) => octet === 0),
  },
  {
    what: 'text',
    detail: 'text: a person at a terminal, or a client of a line-based protocol',
    confidence: 'likely',
    is: (_, text) => text.length >= 4 && /^[\x20-\x7e]+[\r\n]*$/.test(text) && !text.startsWith('AMQP'),
  },
];

/**
 * Guesses from the first octets what kind of client this is.
 *
 * @param octets at most the first 8 octets of a connection
 * @param hello the ClientHello that starts with these octets, if it is one
 * @param onTlsPort whether the proxy terminates TLS on this port, so that no other port is named
 * @returns null for an AMQP version of RabbitMQ, and for octets that match no known protocol
 */
export function looksLike(octets: Uint8Array, hello: ClientHello | null = null, onTlsPort = false): LooksLike | null {
  if (octets.length === 0) return null;
  let text = '';
  for (const octet of octets) text += String.fromCharCode(octet);
  const found = recognizers.find(({ is }) => is(octets, text));
  if (!found) return null;
  const { what, detail, confidence } = found;
  if (what === 'tls' && confidence === 'certain') {
    const described = hello === null ? detail : describeHello(hello);
    return { what, detail: onTlsPort ? described.replace(OTHER_PORT, '') : described, confidence };
  }
  return { what, detail: what === 'text' ? `${detail} ('${toText(octets)}')` : detail, confidence };
}

/** The advice for a TLS client that chose a port without TLS. */
const ADVICE = 'the client expects AMQP over TLS, normally on port 5671';
const OTHER_PORT = `: ${ADVICE}`;

/** `a TLS 1.3 ClientHello for broker.example, ALPN http/1.1: …` */
function describeHello({ version, servername, alpn }: ClientHello): string {
  const host = servername === null ? '' : ` for ${servername}`;
  const protocols = alpn.length === 0 ? '' : `, ALPN ${alpn.join(' ')}`;
  const who = alpn.some((name) => /^h[23]$|^http\//.test(name)) ? 'an HTTPS client' : ADVICE;
  return `a ${version ?? 'TLS'} ClientHello${host}${protocols}: ${who}`;
}
