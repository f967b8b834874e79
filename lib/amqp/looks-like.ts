import type { ClientHello } from '../tls/client-hello.js';
import { HEADER_LENGTH, toText } from './header.js';

/** What the peer on the other side probably is, told from its first octets. */
export type LooksLike = {
  readonly what: string;
  readonly detail: string;
  /** `certain`: the octets are that protocol's own signature. `likely`: they are how such peers begin. */
  readonly confidence: 'certain' | 'likely';
};

type Recogniser = {
  readonly what: string;
  readonly detail: string;
  readonly confidence: 'certain' | 'likely';
  readonly is: (octets: Uint8Array, text: string) => boolean;
};

const HTTP_METHOD = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE) [^ ]?/;

/** Looked at in this order; the first that fits is the answer. */
const recognisers: readonly Recogniser[] = [
  {
    what: 'tls',
    detail: 'a TLS ClientHello: the client expects AMQP over TLS, on port 5671 by convention',
    confidence: 'certain',
    is: (o) => o[0] === 0x16 && o[1] === 0x03 && o[5] === 0x01,
  },
  {
    what: 'tls',
    detail: 'a TLS record that is no ClientHello',
    confidence: 'likely',
    is: (o) =>
      o.length >= 3 && (o[0] as number) >= 0x14 && (o[0] as number) <= 0x17 && o[1] === 0x03 && (o[2] as number) <= 4,
  },
  {
    what: 'proxy_protocol_v2',
    detail: 'a PROXY protocol v2 header: the balancer sends it, this port does not expect it',
    confidence: 'certain',
    is: (_, text) => text.startsWith('\r\n\r\n\0\r\nQ'),
  },
  {
    what: 'proxy_protocol_v1',
    detail: 'a PROXY protocol v1 header: the balancer sends it, this port does not expect it',
    confidence: 'certain',
    is: (_, text) => text.startsWith('PROXY '),
  },
  {
    what: 'http2',
    detail: 'an HTTP/2 client with prior knowledge (gRPC, perhaps)',
    confidence: 'certain',
    is: (_, text) => text.startsWith('PRI * HT'),
  },
  {
    what: 'http',
    detail:
      'an HTTP request: a health check or a browser on the AMQP port, or a client that wants the management API on 15672',
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
    detail: 'a STOMP client: its port is 61613 by convention',
    confidence: 'likely',
    is: (_, text) => text.startsWith('CONNECT\n') || text.startsWith('STOMP\n') || text.startsWith('CONNECT\r'),
  },
  {
    what: 'mqtt',
    detail: 'an MQTT client: its port is 1883 by convention',
    confidence: 'certain',
    is: (o, text) => o[0] === 0x10 && (text.includes('\0\x04MQT') || text.includes('\0\x06MQI')),
  },
  {
    what: 'redis',
    detail: 'a Redis command, for example the redis-check of a balancer',
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
    detail: 'a SOCKS 5 greeting: the client takes this port for its proxy',
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
    what: 'amqp_text',
    detail: 'AMQP written as text: a person or a script that typed the protocol header instead of its octets',
    confidence: 'likely',
    // `AMQP` alone may be the beginning of a good header.
    is: (_, text) => /^amqp/i.test(text) && !/^AMQP($|[^\x20-\x7e\r\n])/.test(text),
  },
  {
    what: 'line_feeds',
    detail: 'a person who pressed Enter, or a check that sends line ends',
    confidence: 'likely',
    is: (_, text) => /^[\r\n]+$/.test(text),
  },
  {
    what: 'zeros',
    detail: 'octets of zero, as port scanners send them',
    confidence: 'likely',
    is: (o) => o.length === HEADER_LENGTH && o.every((octet) => octet === 0),
  },
  {
    what: 'text',
    detail: 'text: a person at a terminal, or a client of a line protocol',
    confidence: 'likely',
    is: (_, text) => text.length >= 4 && /^[\x20-\x7e]+[\r\n]*$/.test(text) && !text.startsWith('AMQP'),
  },
];

/**
 * What the first octets look like.
 *
 * @param octets the first 8 octets of a connection at most
 * @param hello what those and the octets behind them say, if they begin a TLS ClientHello
 * @returns null when they look like nothing that is known, or like AMQP
 */
export function looksLike(octets: Uint8Array, hello: ClientHello | null = null): LooksLike | null {
  if (octets.length === 0) return null;
  let text = '';
  for (const octet of octets) text += String.fromCharCode(octet);
  const found = recognisers.find(({ is }) => is(octets, text));
  if (!found) return null;
  const { what, detail, confidence } = found;
  if (what === 'tls' && confidence === 'certain' && hello !== null) return { what, detail: told(hello), confidence };
  return { what, detail: what === 'text' ? `${detail} ('${toText(octets)}')` : detail, confidence };
}

/** `a TLS 1.3 ClientHello for broker.example, ALPN http/1.1: …` */
function told({ version, servername, alpn }: ClientHello): string {
  const host = servername === null ? '' : ` for ${servername}`;
  const protocols = alpn.length === 0 ? '' : `, ALPN ${alpn.join(' ')}`;
  const who = alpn.some((name) => /^h[23]$|^http\//.test(name))
    ? 'an HTTPS client'
    : 'the client expects AMQP over TLS, on port 5671 by convention';
  return `a ${version ?? 'TLS'} ClientHello${host}${protocols}: ${who}`;
}
