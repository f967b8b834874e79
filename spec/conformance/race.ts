import { type Case, octetsOf } from '../support/corpus.js';
import { closingOf } from './broker-log.js';
import type { Direct, Proxied } from './sides.js';

/** The aspects that are compared. */
export type Aspect =
  | 'octets'
  | 'end'
  | 'time'
  | 'close_notify'
  | 'server octets'
  | 'server end'
  | 'server time'
  | 'decision'
  | 'reason'
  | 'entries'
  /** Entries of the broker that `explain` does not know. */
  | 'unexplained'
  /** The reason that `explain` gives for the broker's entries. */
  | 'explanation';

/** Two events at the same time, whose order varies even with the broker alone. */
export interface Race {
  readonly name: string;
  /** Why the difference is permitted. */
  readonly why: string;
  readonly aspects: readonly Aspect[];
  /** Close of the brokers with which it happens. @defaultValue both */
  readonly close?: 'fin';
  readonly happened: (script: Case, direct: Direct, proxied: Proxied) => boolean;
}

/** Whether one side received a prefix of what the other received. */
const isBeginning = ({ received: a }: Direct, { received: b }: Proxied): boolean => a.startsWith(b) || b.startsWith(a);

/** A longer write takes many segments, in octets. */
const ONE_SEGMENT = 32 * 1024;

/** Whether the client may still be writing when it is refused. */
export function writesOn({ steps }: Case): boolean {
  let sent = 0;
  for (const step of steps) {
    if (typeof step === 'string' || !('send' in step)) continue;
    const { length } = octetsOf(step.send);
    if (sent >= 8 || length > ONE_SEGMENT) return true;
    sent += length;
  }
  return false;
}

/** Events closer together than this can overlap, in ms. */
const AT_ONCE = 100;

/** How long a script waits before its client's RST, in ms: since the connect, and since it last sent something. */
export function pauseBeforeRst({ steps }: Case): { readonly sinceConnect: number; readonly sinceSend: number } {
  let sinceConnect = 0;
  let sinceSend = 0;
  for (const step of steps) {
    if (step === 'rst') return { sinceConnect, sinceSend };
    if (step === 'fin' || (step !== 'stop' && 'send' in step)) sinceSend = 0;
    else {
      const duration =
        step === 'stop' ? Number.POSITIVE_INFINITY : 'wait' in step ? step.wait : 'quiet' in step ? step.quiet : 0;
      // A fraction of the handshake timeout is long.
      const ms = typeof duration === 'number' ? duration : Number.POSITIVE_INFINITY;
      sinceConnect += ms;
      sinceSend += ms;
    }
  }
  return { sinceConnect: Number.POSITIVE_INFINITY, sinceSend: Number.POSITIVE_INFINITY };
}

/** Observed delay of a busy broker, in ms. */
const STALL = 1_000;

const resetsAfterConnect = (script: Case): boolean => pauseBeforeRst(script).sinceConnect < STALL;
/** Whether its client resets so soon after it sent something that both can cross with the answer. */
export const resetsAfterSend = (script: Case): boolean => pauseBeforeRst(script).sinceSend < AT_ONCE;

/** All permitted differences of the header, and of what follows it. */
export const RACES: readonly Race[] = [
  {
    name: 'rst-unnoticed',
    why: 'The client reset before the broker’s reader queried its address: the reader gives up without an entry. Seen in 12 to 44 of 100 such connections to the same broker.',
    aspects: ['reason', 'entries'],
    happened: (script, direct) => resetsAfterConnect(script) && direct.entries?.length === 0,
  },
  {
    name: 'rst-before-accept',
    why: 'The client reset before the proxy accepted it, so its address is unknown and missing in its report. A broker logs nothing in this case.',
    aspects: ['reason', 'entries'],
    happened: (script, _direct, { report }) => resetsAfterConnect(script) && report === 'without address',
  },
  {
    name: 'rst-overtook-answer',
    why: 'The client reset while the broker answered: the broker logs {inet_error,closed} instead of its decision. Seen in 3 to 22 of 100 such connections to the same broker.',
    aspects: ['reason', 'entries'],
    happened: (script, { entries }) =>
      pauseBeforeRst(script).sinceSend < STALL && (closingOf(entries ?? [])?.term?.startsWith('{inet_error,') ?? false),
  },
  {
    name: 'rst-before-dial',
    why: 'The client reset right after a good header and the data that followed it: the proxy noticed the reset before dialing, and does not dial for a client that has left. The broker read the data that came before the reset.',
    aspects: ['reason', 'entries'],
    happened: (script, _direct, { report }) =>
      resetsAfterSend(script) &&
      report !== 'without address' &&
      report?.upstream === null &&
      report.ended.clientSent === 'rst' &&
      report.stage !== 'header',
  },
  {
    name: 'formatter-crash',
    why: '4.0.0 to 4.1.0 cannot format the closing entry of a connection whose tuning failed, and log that error instead. The proxy does not imitate this.',
    aspects: ['reason', 'entries'],
    happened: (_script, { entries }) => entries?.some(({ text }) => text.startsWith('FORMATTER CRASH')) ?? false,
  },
  {
    name: 'own-rst-crossed',
    why: 'The client reset while the answer was in transit: how much of it arrives, and which close comes first, is random.',
    aspects: ['octets', 'end', 'time', 'decision'],
    happened: (script, direct, proxied) =>
      resetsAfterSend(script) &&
      [direct, proxied].every(({ end }) => end !== 'open') &&
      [direct, proxied].some(({ end }) => end === 'client-rst') &&
      isBeginning(direct, proxied),
  },
  {
    name: 'farewell-lost',
    why: 'The client was still writing when it was refused: its next write triggers a reset, and the bytes that it had not read are lost.',
    aspects: ['octets'],
    happened: (script, direct, proxied) =>
      writesOn(script) && direct.end === 'rst' && proxied.end === 'rst' && isBeginning(direct, proxied),
  },
  {
    name: 'fin-became-rst',
    why: 'The client was still writing to a broker that closes with FIN: the kernel answers octets that arrive after the close with a reset, which can overtake the farewell.',
    aspects: ['octets', 'end'],
    close: 'fin',
    happened: (script, direct, proxied) =>
      writesOn(script) &&
      [direct, proxied].every(({ end }) => end === 'rst' || end === 'fin') &&
      isBeginning(direct, proxied),
  },
];

/** The permitted differences of connections whose header is accepted: nothing is sent to them that they could lose. */
export const ACCEPTED_RACES: readonly Race[] = RACES.filter(
  ({ name }) => name !== 'farewell-lost' && name !== 'fin-became-rst',
);
