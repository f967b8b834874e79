import { once } from 'node:events';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { ProbeError } from './probe-error.js';

/** The address of a server. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** How the server ended a connection, and when, in ms since it was established. */
export interface Ending {
  readonly end: 'fin' | 'rst';
  readonly ms: number;
}

/** An established connection. */
export interface Dialled {
  /** Resolves when the server ends the connection. @throws ProbeError when the network fails instead */
  readonly ended: Promise<Ending>;
  /** The octets received so far, at most 64 KiB. */
  received(): Uint8Array;
  /** The time since the connection was established, in ms. */
  elapsed(): number;
  /** Resolves when the kernel has accepted the octets, or never will. */
  send(octets: Uint8Array): Promise<void>;
  /** Sends a FIN: only the direction to the server is closed. */
  sendFin(): void;
  /** Closes the connection. */
  close(): void;
}

/** Octets after the first 64 KiB are discarded, so that an endless reply does not fill the memory. */
const KEPT = 64 * 1024;

/** The maximum time to connect, in ms. */
const CONNECT_TIMEOUT = 5000;

/**
 * Connects to a server. Distinguishes a FIN from a reset, which Node.js does not do reliably.
 *
 * @param onOctet called after each received octet, with all octets so far, at most 64 KiB
 * @throws ProbeError when the target cannot be reached; the signal's reason when it is aborted first
 */
export async function dial(
  target: Target,
  signal: AbortSignal,
  onOctet: (received: Uint8Array) => void,
): Promise<Dialled> {
  const received = Buffer.alloc(KEPT);
  let length = 0;
  let connectedAt = performance.now();
  const elapsed = () => performance.now() - connectedAt;
  const socket = connect({
    ...target,
    // If a name has several addresses, those that do not answer must leave time for the others.
    autoSelectFamilyAttemptTimeout: CONNECT_TIMEOUT / 4,
    noDelay: true,
    // Otherwise Node.js answers a FIN with a FIN.
    allowHalfOpen: true,
    // If octets and an RST arrive together and a read does not fill its buffer, libuv takes the hang-up for the end of
    // the stream, and the RST looks like a FIN. A buffer of one octet is always full: the next read fails with ECONNRESET.
    onread: {
      buffer: Buffer.alloc(1),
      callback: (_, [octet = 0]) => {
        if (length < KEPT) {
          received[length++] = octet;
          onOctet(received.subarray(0, length));
        }
        return true;
      },
    },
  });
  const ended = new Promise<Ending>((resolve, reject) => {
    socket.once('end', () => resolve({ end: 'fin', ms: elapsed() }));
    socket.on('error', (error) => {
      if (isReset(error)) resolve({ end: 'rst', ms: elapsed() });
      else reject(new ProbeError(target, error));
    });
  });
  // The caller may await it later, or never if the connection cannot be established.
  ended.catch(() => {});
  socket.once('connect', () => {
    connectedAt = performance.now();
  });
  const giveUp = setTimeout(() => {
    socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
  }, CONNECT_TIMEOUT);
  try {
    await once(socket, 'connect', { signal });
  } catch (error) {
    // An RST that arrives before Node.js handles the connect event ends a connection that was accepted. Octets before it
    // are lost, because the operating system reports the error first.
    if (!isReset(error)) {
      socket.destroy();
      signal.throwIfAborted();
      throw new ProbeError(target, error);
    }
  } finally {
    clearTimeout(giveUp);
  }
  return {
    ended,
    elapsed,
    received: () => received.subarray(0, length),
    send: (octets) => new Promise((resolve) => socket.write(octets, () => resolve())),
    sendFin: () => socket.end(),
    close: () => socket.destroy(),
  };
}

/** A write after an RST from the server fails with EPIPE. */
function isReset(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}
