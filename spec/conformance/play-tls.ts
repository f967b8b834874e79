import { once } from 'node:events';
import { connect as connectTcp, type NetConnectOpts } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type SecureVersion } from 'node:tls';
import { type Case, octetsOf } from '../support/corpus.js';
import { SecureWire } from '../support/secure-wire.js';
import type { Listening } from '../support/server.js';
import { fromLocalPort } from './local-ports.js';
import type { Ends } from './sides.js';
import { noticingStalls } from './stalls.js';

/** A client of a TLS port. */
export interface TlsScript extends Case {
  /** Whether its steps happen inside TLS, after a good handshake; undefined if they replace the handshake. */
  readonly secured?: {
    readonly minVersion: SecureVersion;
    readonly maxVersion: SecureVersion;
    /** Whether it sends a close_notify before its FIN. */
    readonly notifies: boolean;
  };
}

/** How long to wait for a close after the steps and the handshake timeout, in ms. */
const PATIENCE = 4_500;

const ALERT = 0x15;
const HANDSHAKE = 0x16;
/** Type, version, length. RFC 8446, section 5.1. */
const RECORD_HEADER = 5;

/** The records without what is random in them: hex for alerts in plain text, `hello` for a server's handshake. */
export function shapeOf(received: string): string {
  const octets = Buffer.from(received, 'hex');
  const shape: string[] = [];
  for (let at = 0; at < octets.length; ) {
    const type = octets[at];
    const end = at + RECORD_HEADER + (at + RECORD_HEADER <= octets.length ? octets.readUInt16BE(at + 3) : 0);
    const isPlainAlert = type === ALERT && end - at === RECORD_HEADER + 2;
    if (type === HANDSHAKE && !shape.includes('hello')) shape.push('hello');
    else if (isPlainAlert || shape.length === 0) shape.push(octets.toString('hex', at, end));
    at = end;
  }
  return shape.join(' ');
}

/** Plays a script inside TLS, from a local port that nothing else uses. */
export const playSecured = (script: TlsScript, target: Listening, handshakeTimeout: number) =>
  noticingStalls(() => fromLocalPort((localPort) => play(script, target, localPort, handshakeTimeout)));

async function play(
  { steps, watch, secured }: TlsScript,
  { host, port }: Listening,
  localPort: number,
  handshakeTimeout: number,
): Promise<Ends> {
  const tcp: NetConnectOpts & { readonly highWaterMark: number } = {
    host,
    port,
    localPort,
    noDelay: true,
    allowHalfOpen: true,
    highWaterMark: 1,
  };
  const socket = connectTcp(tcp);
  await once(socket, 'connect');
  const { notifies, ...versions } = secured as NonNullable<typeof secured>;
  const wire = new SecureWire(socket, (through) =>
    connect({ ...versions, rejectUnauthorized: false, socket: through }),
  );
  // An error after the handshake is the end that is compared.
  wire.tls.on('error', () => {});
  let end: Ends['end'] | undefined;
  let ms = 0;
  const ended = (how: Ends['end']) => {
    if (end === undefined) ms = performance.now() - from;
    end ??= how;
  };
  let from = performance.now();
  void wire.ended.then(({ close }) => ended(close));
  const until = async (limit: number) => {
    const timer = new AbortController();
    await Promise.race([wire.ended, sleep(limit, undefined, { signal: timer.signal }).catch(() => {})]);
    timer.abort();
  };
  const msOf = (duration: number | { readonly ht: number }) =>
    typeof duration === 'number' ? duration : duration.ht * handshakeTimeout;
  const isSecured = await wire.secured.then(
    () => true,
    () => false,
  );
  from = performance.now();
  if (isSecured) {
    for (const step of steps) {
      if (end !== undefined && end !== 'fin') break;
      if (step === 'fin') {
        if (notifies) await wire.close();
        else wire.fin();
      } else if (step === 'rst') {
        ended('client-rst');
        wire.rst();
      } else if (typeof step === 'object' && 'send' in step) {
        void wire.send(octetsOf(step.send));
        await new Promise(setImmediate);
      } else if (typeof step === 'object' && 'wait' in step) await until(msOf(step.wait));
    }
    if (end === undefined) await until(msOf(watch) + PATIENCE);
  }
  // The end is known one turn after its promise.
  await new Promise(setImmediate);
  ended('open');
  const result = { end: end ?? 'open', ms, received: `${isSecured ? '' : 'no TLS '}${wire.received.toString('hex')}` };
  socket.destroy();
  return { ...result, notified: end === 'client-rst' || end === 'open' ? undefined : wire.notified };
}
