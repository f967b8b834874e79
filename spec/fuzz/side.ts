import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { DECISIVE, decodeHeader } from '../../lib/proxy-protocol/decode.js';
import { fromHex } from './octets.js';

/** One step of a side of a connection. */
export type Step =
  /** `octetwise`: in one segment for each octet. */
  | { readonly do: 'send'; readonly hex: string; readonly times: number; readonly octetwise?: boolean }
  | { readonly do: 'fin' | 'rst' | 'pause' | 'resume' }
  | { readonly do: 'wait'; readonly ms: number }
  /** Waits until something arrives that was not there before, but not for long. */
  | { readonly do: 'await' };

/** How long an `await` lasts if nothing arrives, in ms. */
const PATIENCE = 40;
/** Octets that are written at once when a piece is repeated. */
const CHUNK = 65_536;

/** One end of a connection that plays steps. It remembers what it sent, and a digest of what it received. */
export class Side {
  readonly closed: Promise<void>;
  /** Whether the other side's FIN has arrived, before an error. */
  hasEnded = false;
  hasFailed = false;
  /** Whether this side reset or was destroyed. */
  hasLeft = false;
  received = 0;
  private readonly socket: Socket;
  /** Its local port. */
  readonly port: number;
  /** The socket below TLS. */
  private readonly raw: Socket;
  private readonly sent: Uint8Array[] = [];
  private readonly digest = createHash('sha256');
  /** The beginning of what was received while it may be a PROXY header that is not counted. */
  private head: Uint8Array | null;
  private wake = () => {};
  private over = () => {};

  /**
   * @param raw the socket below TLS
   * @param isAfterProxyHeader whether a PROXY header comes first, which is not counted
   */
  constructor(socket: Socket, raw: Socket = socket, isAfterProxyHeader = false) {
    this.socket = socket;
    this.raw = raw;
    this.port = raw.localPort ?? 0;
    this.head = isAfterProxyHeader ? new Uint8Array() : null;
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        resolve();
        this.over();
      });
    });
    socket.on('data', (octets: Buffer) => {
      this.take(octets);
      this.wake();
    });
    socket.on('end', () => {
      this.hasEnded = !this.hasFailed;
      this.wake();
    });
    for (const each of new Set([socket, raw])) {
      each.on('error', () => {
        this.hasFailed = true;
        this.wake();
      });
    }
  }

  async play(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      if (this.socket.destroyed) return;
      await this.act(step);
    }
  }

  /** Ends now; nothing that it sent has to arrive. */
  leave(how: 'fin' | 'rst'): void {
    if (this.socket.destroyed) return;
    this.hasLeft = true;
    // While a FIN is being sent, libuv refuses to reset.
    if (how === 'fin' || this.raw.writableEnded || this.socket !== this.raw) this.socket.destroy();
    else this.raw.resetAndDestroy();
    this.raw.destroy();
  }

  /** Whether another side received the beginning of what this side sent. @param skipped octets that are not passed on */
  isBeginningOfSent(other: Side, skipped = 0): boolean {
    const digest = createHash('sha256');
    let left = other.received;
    let skip = skipped;
    for (const octets of this.sent) {
      const from = Math.min(skip, octets.length);
      skip -= from;
      const piece = octets.subarray(from, from + left);
      digest.update(piece);
      left -= piece.length;
      if (left === 0) break;
    }
    return left === 0 && digest.digest('hex') === other.receivedDigest;
  }

  get sentLength(): number {
    return this.sent.reduce((sum, { length }) => sum + length, 0);
  }

  get receivedDigest(): string {
    return this.digest.copy().digest('hex');
  }

  /** The first octets that were sent. */
  sentHead(length: number): Uint8Array {
    const head: Uint8Array[] = [];
    let left = length;
    for (const octets of this.sent) {
      if (left <= 0) break;
      head.push(octets.subarray(0, left));
      left -= octets.length;
    }
    return new Uint8Array(Buffer.concat(head));
  }

  private take(octets: Uint8Array): void {
    let counted = octets;
    if (this.head !== null) {
      this.head = new Uint8Array(Buffer.concat([this.head, octets]));
      const decoded = decodeHeader(this.head.subarray(0, DECISIVE));
      if (decoded.type === 'undecided' || decoded.type === 'incomplete') return;
      counted = this.head.subarray(decoded.type === 'header' ? decoded.length : 0);
      this.head = null;
    }
    this.received += counted.length;
    this.digest.update(counted);
  }

  private async act(step: Step): Promise<void> {
    switch (step.do) {
      case 'send':
        return this.send(step);
      case 'wait':
        return this.until(step.ms);
      case 'await': {
        const before = this.received;
        if (this.hasEnded) return;
        const deadline = performance.now() + PATIENCE;
        for (
          let left = PATIENCE;
          this.received === before && !this.hasEnded && left > 0;
          left = deadline - performance.now()
        ) {
          await this.until(left, true);
        }
        return;
      }
      case 'fin':
        this.socket.end();
        return;
      case 'rst':
        this.leave('rst');
        return;
      default:
        this.socket[step.do]();
    }
  }

  private async send({ hex, times, octetwise }: Extract<Step, { do: 'send' }>): Promise<void> {
    const octets = fromHex(hex);
    if (octets.length === 0) return;
    const pieces = octetwise ? Array.from(octets, (_, at) => octets.subarray(at, at + 1)) : repeated(octets, times);
    for (const piece of pieces) {
      if (!this.socket.writable) return;
      this.sent.push(piece);
      this.socket.write(piece);
      if (octetwise) await new Promise(setImmediate);
    }
  }

  /** Waits; something that happens ends it early if `early`. */
  private async until(ms: number, early = false): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
      this.over = resolve;
      if (early) this.wake = resolve;
    });
    clearTimeout(timer);
  }
}

/** The octets so many times, in few pieces that share memory. */
function repeated(octets: Uint8Array, times: number): Uint8Array[] {
  const perChunk = Math.max(1, Math.floor(CHUNK / octets.length));
  const chunk = times >= perChunk ? new Uint8Array(Buffer.concat(Array(perChunk).fill(octets))) : octets;
  return [
    ...Array<Uint8Array>(Math.floor(times / perChunk)).fill(chunk),
    ...(times % perChunk > 0 ? [new Uint8Array(Buffer.concat(Array(times % perChunk).fill(octets)))] : []),
  ];
}

/** Waits for an event of a socket that may fail instead. @returns whether it happened */
export async function happened(socket: Socket, event: string, ms: number): Promise<boolean> {
  try {
    await once(socket, event, { signal: AbortSignal.timeout(ms) });
    return true;
  } catch {
    return false;
  }
}
