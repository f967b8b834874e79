import type { HandshakeCallback } from './handshake-callback.js';
import type { Due, Owed } from './owed.js';

/** A connection that ended before it was open: which broker, and what was owed. */
type Unopened = {
  /** The address of the broker. */
  readonly upstream: string;
  readonly due: Due;
  /** At most the first 8 octets from the client. */
  readonly header: Uint8Array;
};

type What = Owed['what'];

/** What each side sends next, and what it answers with it: in AMQP 0-9-1, and in AMQP 1.0. */
const WORDS: {
  readonly [Name in What]: { readonly '0-9-1': string; readonly '1.0': string; readonly answers: string };
} = {
  start: { '0-9-1': 'Start', '1.0': 'SASL mechanisms', answers: 'protocol header' },
  tune: { '0-9-1': 'Tune', '1.0': 'SASL outcome', answers: 'login' },
  'open-ok': { '0-9-1': 'Open-Ok', '1.0': 'open', answers: 'Open' },
  close: { '0-9-1': 'Close', '1.0': 'close', answers: 'error' },
  'start-ok': { '0-9-1': 'Start-Ok', '1.0': 'SASL init', answers: 'Start' },
  'secure-ok': { '0-9-1': 'Secure-Ok', '1.0': 'SASL response', answers: 'Secure' },
  'tune-ok': { '0-9-1': 'Tune-Ok', '1.0': 'open', answers: 'Tune' },
  open: { '0-9-1': 'Open', '1.0': 'open', answers: 'Tune-Ok' },
};

/** Names what was owed. Without SASL, AMQP 1.0 begins with `open`. */
function nameOf({ due, header }: Unopened): string {
  if (due.protocol === '1.0' && header[4] !== 3) {
    if (due.what === 'start') return 'protocol header';
    if (due.what === 'start-ok') return 'open';
  }
  return WORDS[due.what][due.protocol];
}

/** Names what it follows: the last that the other side sent, or that the client itself sent before its Open. */
function answeredBy({ due, header }: Unopened): string {
  if (due.protocol === '0-9-1' || due.by === 'upstream') return WORDS[due.what].answers;
  if (due.what !== 'start-ok') return 'SASL outcome';
  return header[4] === 3 ? 'SASL mechanisms' : 'protocol header';
}

/** Says which side the handshake timeout was waiting for, and since when. @param timeout ms */
export function timedOut(unopened: Unopened, timeout: number, callback: HandshakeCallback): string {
  const { upstream, due } = unopened;
  const [name, answered] = [nameOf(unopened), answeredBy(unopened)];
  const since = duration(due.since);
  if (due.by === 'upstream') {
    const failed = due.what === 'close' ? 'did not end the connection' : `sent no ${name}`;
    const said = `The broker at ${upstream} ${failed} in the ${since} after the client's ${answered}, and the handshake timed out after ${duration(timeout)}.`;
    return due.what === 'start'
      ? `${said} A stuck broker logs \`accepting\` only when it continues, or not at all.`
      : said;
  }
  const missing = due.clientSilent ? 'has sent nothing since' : `has not sent ${name}`;
  const last = due.what === 'open' && due.protocol === '0-9-1' ? 'It sent its' : 'The broker sent its';
  return `The client did not open its AMQP connection within ${duration(timeout)}. ${last} ${answered} ${since} before, and the client ${missing}${partOf(callback)}.`;
}

/** Says what was owed when the client left. @param left what it did: it closed or reset the connection */
export function clientLeft(unopened: Unopened, left: string): string {
  const { upstream, due } = unopened;
  const [name, answered] = [nameOf(unopened), answeredBy(unopened)];
  const since = duration(due.since);
  if (due.by === 'client') {
    const last = due.what === 'open' && due.protocol === '0-9-1' ? 'its' : "the broker's";
    return `The client ${left} ${since} after ${last} ${answered}, without sending ${name}.`;
  }
  const done = due.what === 'close' ? 'ended it' : `sent ${name}`;
  return `The client ${left} ${since} after its ${answered}, before the broker at ${upstream} ${done}.`;
}

/** The part of a frame that was missing when the handshake timed out. */
function partOf(callback: HandshakeCallback): string {
  switch (callback.name) {
    case 'handshake':
    case 'frame_header':
    case 'amqp10_header':
      return '';
    case 'frame_payload':
      return `: the rest of a frame of ${callback.size} bytes on channel ${callback.channel} is missing`;
    case 'amqp10_body':
      return `: the rest of a frame on channel ${callback.channel} is missing`;
    default:
      return callback satisfies never;
  }
}

/** Prints a duration as `350 ms` or `9.98 s`. */
function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 10) / 100} s`;
}
