import { once } from 'node:events';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { ProbeError } from './probe-error.js';

/** Where to dial. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** How the other side ended a connection, and when, in milliseconds since the connect. */
export interface Ending {
  readonly end: 'fin' | 'rst';
  readonly ms: number;
}

/** A connection that we dialled. */
export interface Dialled {
  /** The first end from the other side. @throws ProbeError when the network failed instead */
  readonly ended: Promise<Ending>;
  /** What came so far, at most 64 KiB of it. */
  received(): Uint8Array;
  /** Milliseconds since the connect. */
  elapsed(): number;
  /** Resolves when the kernel has the octets, or will never take them. */
  send(octets: Uint8Array): Promise<void>;
  /** Ends our half only. */
  sendFin(): void;
  /** Leaves: nothing more is seen. */
  close(): void;
}

/** More is read and not kept: a target that never stops talking must not fill the memory. */
const KEPT = 64 * 1024;

/** How long a connect may take, in milliseconds. */
const CONNECT_TIMEOUT = 5000;

/**
 * Connects, and tells each end of the connection for what it is.
 *
 * @param onOctet is called after each octet that was kept, with all of them
 * @throws ProbeError when the target cannot be reached; the signal's reason when it is aborted before
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
    noDelay: true,
    // The server's FIN must not make us send ours.
    allowHalfOpen: true,
    // When octets and an RST are there together, a read that does not fill its buffer makes libuv take the hang-up for
    // the end of the stream, and the RST looks like a FIN. One octet always fills it: the next read gets the ECONNRESET.
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
  // Whoever dials may look at it later, or, when the connect fails, never.
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
    // An RST that was there before Node looked at the connect ends a connection that was accepted. Octets that came
    // before it are lost: the operating system tells the error first.
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

/** A write after the other side's RST gets EPIPE. */
function isReset(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}
