import { protocolHeader } from '../amqp/header.js';
import { clientHello } from './client-hello.js';

/** One action of a client: send octets, wait (in ms), or send a FIN. */
export type Step = { readonly send: Uint8Array } | { readonly wait: number } | 'fin';

/** What a client does on one connection. Afterwards it waits for the server. */
export interface ProbeCase {
  readonly name: string;
  /** A short description of the client. */
  readonly what: string;
  readonly steps: readonly Step[];
}

/** The pause between two parts that must arrive separately, in ms. */
const APART = 100;

/** Four line feeds: a person who pressed Enter in telnet. */
const LINE_FEEDS = send('\n\n\n\n');

/** The cases of `probe`: good clients, health checks, and the octets that most often reach an AMQP port by mistake. */
export const PROBE_CASES: readonly ProbeCase[] = [
  { name: 'silence', what: 'connects and sends nothing', steps: [] },
  { name: 'fin', what: 'connects and closes: a health check', steps: ['fin'] },
  { name: 'partial-fin', what: 'four line feeds, then FIN', steps: [LINE_FEEDS, 'fin'] },
  { name: 'partial-silence', what: 'four line feeds, then nothing', steps: [LINE_FEEDS] },
  {
    name: 'seven-fin',
    what: 'a good header without its last byte, then FIN',
    steps: [{ send: protocolHeader(0, 0, 9, 1).subarray(0, 7) }, 'fin'],
  },
  { name: 'lowercase', what: 'the header in lower case, as text', steps: [send('amqp0091')] },
  { name: 'ascii-0091', what: 'the header as text', steps: [send('AMQP0091')] },
  { name: 'ascii-0091-split', what: 'the same in two parts', steps: [send('AMQP'), { wait: APART }, send('0091')] },
  { name: 'http-get', what: 'an HTTP client', steps: [send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')] },
  { name: 'tls', what: 'a TLS client', steps: [{ send: clientHello() }] },
  { name: 'amqp-0-9-1', what: 'a good client', steps: [{ send: protocolHeader(0, 0, 9, 1) }] },
  { name: 'amqp-0-9', what: 'an AMQP 0-9 client', steps: [{ send: protocolHeader(1, 1, 0, 9) }] },
  { name: 'amqp-0-8', what: 'an AMQP 0-8 client', steps: [{ send: protocolHeader(1, 1, 8, 0) }] },
  { name: 'amqp-1-0-sasl', what: 'an AMQP 1.0 client with SASL', steps: [{ send: protocolHeader(3, 1, 0, 0) }] },
  { name: 'amqp-1-0', what: 'an AMQP 1.0 client without SASL', steps: [{ send: protocolHeader(0, 1, 0, 0) }] },
];

function send(text: string): Step {
  return { send: Buffer.from(text, 'latin1') };
}
