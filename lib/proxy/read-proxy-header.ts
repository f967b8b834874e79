import type { Clock, Timer } from '../clock.js';
import { DECISIVE, decodeHeader } from '../proxy-protocol/decode.js';
import type { HeaderFailure } from '../proxy-protocol/failure.js';
import type { ProxyHeader } from '../proxy-protocol/header.js';
import type { AcceptedPeer } from './peer/accepted-peer.js';
import type { PeerListener } from './peer/peer.js';
import type { ProxyProtocol } from './proxy-protocol.js';

/** What came in the place of a PROXY header. */
export type HeaderRead =
  /** `octets`: those behind it that were read already. */
  | { readonly type: 'taken'; readonly header: ProxyHeader; readonly octets: readonly Uint8Array[] }
  /** No PROXY header, where none has to come. `octets`: all that were read. */
  | { readonly type: 'none'; readonly octets: readonly Uint8Array[] }
  /** `first`: the first 8 octets at most. */
  | { readonly type: 'failed'; readonly failure: HeaderFailure; readonly first: Uint8Array };

/** Time for a PROXY header that must come, in ms. @see rabbit_networking.erl, `handshake` */
const HEADER_TIMEOUT = 3_000;

/**
 * Reads the PROXY header with which a connection begins, or that it does not begin with one. Then the client is paused,
 * unless it has ended or the time is over.
 *
 * Unlike RabbitMQ, which wants it in one segment, it takes one that comes in parts. Of a header no more than its
 * addresses is kept, however long it is.
 *
 * @param source the address of the client's socket
 */
export async function readProxyHeader(
  client: AcceptedPeer,
  source: string,
  context: {
    readonly proxyProtocol: ProxyProtocol;
    readonly mode: 'guard' | 'observe';
    /** ms */
    readonly handshakeTimeout: number;
    readonly clock: Clock;
  },
): Promise<HeaderRead> {
  const { proxyProtocol, mode, handshakeTimeout, clock } = context;
  const isRequired = proxyProtocol.accept === 'require';
  const isTrusted = proxyProtocol.isTrusted(source);
  if (!isRequired && !isTrusted) return { type: 'none', octets: [] };
  // Who need not send one is not hurried; but a server that speaks first would wait for its client, and that for it.
  const timeout = isRequired || mode === 'observe' ? HEADER_TIMEOUT : handshakeTimeout;
  return new Promise((resolve) => {
    client.listener = new HeaderReader(client, { isRequired, isTrusted, timeout, clock }, resolve);
  });
}

type Options = {
  /** It must come; else the connection goes on without. */
  readonly isRequired: boolean;
  /** Of any other client nothing is taken for a PROXY header. */
  readonly isTrusted: boolean;
  /** ms */
  readonly timeout: number;
  readonly clock: Clock;
};

const NOTHING = new Uint8Array(0);

class HeaderReader implements PeerListener {
  /** What came first, up to where nothing more can tell. */
  private first: Uint8Array = NOTHING;
  private count = 0;
  private isOver = false;
  private readonly timer: Timer;
  private readonly client: AcceptedPeer;
  private readonly options: Options;
  private readonly read: (read: HeaderRead) => void;

  constructor(client: AcceptedPeer, options: Options, read: (read: HeaderRead) => void) {
    this.client = client;
    this.options = options;
    this.read = read;
    this.timer = options.clock.start(
      () => this.stopWaiting({ why: 'timeout', timeout: options.timeout }),
      options.timeout,
    );
  }

  octets(octets: Uint8Array): boolean {
    if (this.isOver) return false;
    const before = this.count;
    const known = this.first;
    this.count += octets.length;
    this.first = firstOctets(known, octets);
    const decoded = this.options.isTrusted ? decodeHeader(this.first) : ({ type: 'none' } as const);
    switch (decoded.type) {
      case 'undecided':
      case 'incomplete':
        return true;
      case 'header': {
        const { header, length } = decoded;
        if (this.count < length) return true;
        this.client.received -= length;
        const behind = octets.subarray(length - before);
        this.end({ type: 'taken', header, octets: behind.length === 0 ? [] : [behind] });
        return false;
      }
      case 'none':
        if (this.options.isRequired) this.fail({ why: this.options.isTrusted ? 'missing' : 'untrusted' });
        else this.end({ type: 'none', octets: known.length === 0 ? [octets] : [known, octets] });
        return false;
      case 'malformed':
        this.fail({ why: 'malformed', problem: decoded.problem });
        return false;
      default:
        return decoded satisfies never;
    }
  }

  ended(): void {
    this.stopWaiting({ why: 'closed' });
  }

  drained(): void {}

  /** Whoever stopped the proxy has reset the client. */
  closed(): void {
    this.stopWaiting({ why: 'closed' });
  }

  /** Where none has to come, what may still have become one is none. */
  private stopWaiting(failure: HeaderFailure): void {
    const isPossible = this.count > 0 && decodeHeader(this.first).type !== 'undecided';
    if (this.options.isRequired || isPossible) this.fail(failure);
    else this.end({ type: 'none', octets: this.count === 0 ? [] : [this.first] });
  }

  private fail(failure: HeaderFailure): void {
    this.end({ type: 'failed', failure, first: this.first.slice(0, 8) });
  }

  private end(read: HeaderRead): void {
    if (this.isOver) return;
    this.isOver = true;
    this.options.clock.stop(this.timer);
    this.read(read);
  }
}

function firstOctets(known: Uint8Array, more: Uint8Array): Uint8Array {
  const room = DECISIVE - known.length;
  if (room === 0) return known;
  const octets = new Uint8Array(known.length + Math.min(room, more.length));
  octets.set(known);
  octets.set(more.subarray(0, room), known.length);
  return octets;
}
