import { anyOf, type Pattern, pattern } from './pattern.js';
import { misdirected, type Recognizer } from './recognizer.js';

// A handshake record with a ClientHello, whose length has three octets and is below 64 KiB.
const startsHello = pattern('16 03 00-04 .. .. 01');
const isHello: Pattern = (o) => startsHello(o) && (o[6] ?? 0) === 0;
// The second one is what RabbitMQ takes for TLS.
const isRecord = anyOf('14-17 03 00-04', '16 03 .. .. .. 01');
const isOldHello = anyOf('80-ff .. 01 00 02 00 03-ff', '80-ff .. 01 03 00-04 00 03-ff');

/** TLS, load balancers' headers, HTTP and protocols that read like it. */
export const WEB: readonly Recognizer[] = [
  {
    what: 'tls',
    detail: 'a TLS ClientHello: the client expects AMQP over TLS, normally on port 5671',
    confidence: 'certain',
    is: isHello,
  },
  {
    what: 'tls',
    detail: 'a TLS record that is not a valid ClientHello',
    confidence: 'likely',
    is: (o) => isRecord(o) && !isHello(o),
  },
  {
    what: 'sslv2',
    detail:
      'an SSL 2 ClientHello, from a very old TLS client or a port scanner. No supported RabbitMQ accepts it: update the client',
    confidence: 'certain',
    // A length in 15 bits, ClientHello, version 2.0 or 3.x, and ciphers of 3 octets each.
    is: (o) => isOldHello(o) && (o[6] as number) % 3 === 0,
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
    is: (_, text) => /^(GET|HEAD|POST|PUT|PATCH|DELETE|TRACE) \//.test(text),
  },
  {
    what: 'http',
    detail:
      'an HTTP request: a health check or a browser on the AMQP port, or a client of the management API (port 15672)',
    // The eighth octet and those before it do not show a path.
    confidence: 'likely',
    is: (_, text) => /^(GET|HEAD|POST|PUT|PATCH|DELETE|TRACE) ([^/]|$)/.test(text),
  },
  {
    what: 'http',
    detail:
      'an HTTP OPTIONS request, such as the httpchk of HAProxy, or an RTSP or SIP client, whose first bytes are the same',
    confidence: 'likely',
    is: (_, text) => text.startsWith('OPTIONS '),
  },
  {
    what: 'http',
    detail:
      'an HTTP CONNECT request from a client that uses this port as its proxy, or a NATS client or server, whose first bytes are the same',
    confidence: 'likely',
    is: (_, text) => text.startsWith('CONNECT '),
  },
  {
    what: 'rtsp',
    detail: misdirected('an RTSP client (media streaming)', '554'),
    // Only the start of a word: a line of text could begin with it too.
    confidence: 'likely',
    is: (_, text) => /^(DESCRIBE|ANNOUNCE|SETUP rt|PLAY rts)/.test(text),
  },
  {
    what: 'sip',
    detail: misdirected('a SIP client (telephony)', '5060'),
    confidence: 'likely',
    is: (_, text) => /^(REGISTER|INVITE s|SUBSCRIB|MESSAGE s|NOTIFY s)/.test(text),
  },
  {
    what: 'smtp',
    detail: 'an SMTP client',
    confidence: 'likely',
    is: (_, text) => /^(EHLO|HELO) /i.test(text),
  },
];
