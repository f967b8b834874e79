import type { ClientHello } from '../tls/client-hello.js';
import { AMQP, REFUSED_AMQP } from './first-octets/amqp.js';
import { DATABASES } from './first-octets/databases.js';
import { DIRECTORY } from './first-octets/directory.js';
import { MESSAGING } from './first-octets/messaging.js';
import type { Recognizer } from './first-octets/recognizer.js';
import { REMOTE_ACCESS } from './first-octets/remote-access.js';
import { WEB } from './first-octets/web.js';
import { HEADER_LENGTH, toText } from './header.js';

/** What the client probably is, judged by its first octets. */
export type LooksLike = {
  readonly what: string;
  readonly detail: string;
  /** `certain`: the octets are the signature of that protocol. `likely`: such clients usually start with them. */
  readonly confidence: 'certain' | 'likely';
};

/** Recognizers of protocols. They are disjoint: no first octets match two of them. */
export const PROTOCOLS: readonly Recognizer[] = [
  ...WEB,
  ...MESSAGING,
  ...DATABASES,
  ...DIRECTORY,
  ...REMOTE_ACCESS,
  ...AMQP,
];

/** Octets of no particular protocol. */
const OTHERS: readonly Recognizer[] = [
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
    is: (octets) => octets.length === HEADER_LENGTH && octets.every((octet) => octet === 0),
  },
  {
    what: 'text',
    detail: 'text: a person at a terminal, or a client of a line-based protocol',
    confidence: 'likely',
    is: (_, text) => text.length >= 4 && /^[\x20-\x7e]+[\r\n]*$/.test(text) && !text.startsWith('AMQP'),
  },
];

/** Tried in this order; the first match wins. */
const RECOGNIZERS = [...PROTOCOLS, ...OTHERS];
const REFUSED_RECOGNIZERS = [...REFUSED_AMQP, ...AMQP];
const [A, M, Q, P] = [0x41, 0x4d, 0x51, 0x50];

/**
 * Guesses from the first octets what kind of client this is.
 *
 * @param octets at most the first 8 octets of a connection
 * @param hello the ClientHello that starts with these octets, if it is one
 * @param onTlsPort whether the proxy terminates TLS on this port, so that no other port is named
 * @param isRefused whether the broker refused the octets, so that an AMQP 1.0 header is described too
 * @returns null for an AMQP version of RabbitMQ that was not refused, and for octets that match no known protocol
 */
export function looksLike(
  octets: Uint8Array,
  hello: ClientHello | null = null,
  onTlsPort = false,
  isRefused = false,
): LooksLike | null {
  if (octets.length === 0) return null;
  let text = '';
  for (const octet of octets) text += String.fromCharCode(octet);
  const found = recognizersFor(octets, isRefused).find(({ is }) => is(octets, text));
  if (!found) return null;
  const { what, detail, confidence } = found;
  if (what === 'tls' && confidence === 'certain') {
    const described = hello === null ? detail : describeHello(hello);
    return { what, detail: onTlsPort ? described.replace(OTHER_PORT, '') : described, confidence };
  }
  return { what, detail: what === 'text' ? `${detail} ('${toText(octets)}')` : detail, confidence };
}

/** The recognizers that can match. Every forwarded connection begins with `AMQP`, so those few are tried alone. */
function recognizersFor(octets: Uint8Array, isRefused: boolean): readonly Recognizer[] {
  const isAmqp = octets[0] === A && octets[1] === M && octets[2] === Q && octets[3] === P;
  if (!isAmqp) return RECOGNIZERS;
  return isRefused ? REFUSED_RECOGNIZERS : AMQP;
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
