import type { Clock, Timer } from '../clock.js';
import { DECISIVE, decodeHeader } from '../proxy-protocol/decode.js';
import type { HeaderFailure } from '../proxy-protocol/failure.js';
import type { ProxyHeader } from '../proxy-protocol/header.js';
import { type Outline, outlineOf } from '../proxy-protocol/outline.js';
import type { AcceptedPeer } from './peer/accepted-peer.js';
import type { PeerListener } from './peer/peer.js';
import { takeOver } from './peer/take-over.js';
import type { ProxyProtocol } from './proxy-protocol.js';

/** The result of reading a PROXY header. */
export type HeaderRead =
  /** `octets`: what was read after it. */
  | {
      readonly type: 'taken';
      readonly header: ProxyHeader;
      readonly outline: Outline | null;
      readonly octets: readonly Uint8Array[];
    }
  /** The connection does not begin with a PROXY header, and none is required. `octets`: everything that was read. */
  | { readonly type: 'none'; readonly octets: readonly Uint8Array[] }
  /** `first`: the first octets, up to 8. */
  | { readonly type: 'failed'; readonly failure: HeaderFailure; readonly first: Uint8Array };

/**
 * Reads the PROXY header at the beginning of a connection, or finds that there is none. Afterward the client is paused, unless
 * it has ended or the timeout has expired.
 *
 * Unlike RabbitMQ, which requires the header in one segment, this accepts one that arrives in parts. Only its addresses
 * are kept, however long it is.
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
    /** Timeout for a required PROXY header, in ms. */
    readonly headerTimeout: number;
    readonly clock: Clock;
  },
): Promise<HeaderRead> {
  const { proxyProtocol, mode, handshakeTimeout, headerTimeout, clock } = context;
  const isRequired = proxyProtocol.accept === 'require';
  const isTrusted = proxyProtocol.isTrusted(source);
  if (!isRequired && !isTrusted) return { type: 'none', octets: [] };
  // An optional header gets the whole handshake timeout, except in observe mode, where the server may speak first.
  const timeout = isRequired || mode === 'observe' ? headerTimeout : handshakeTimeout;
  return new Promise((resolve) => {
    takeOver(client, new HeaderReader(client, { isRequired, isTrusted, timeout, clock }, resolve));
  });
}

type Options = {
  /** Without a header the connection is refused. */
  readonly isRequired: boolean;
  /** PROXY headers of other clients are not read. */
  readonly isTrusted: boolean;
  /** ms */
  readonly timeout: number;
  readonly clock: Clock;
};

const NOTHING = new Uint8Array(0);

class HeaderReader implements PeerListener {
  /** The first octets, as many as can decide whether they are a PROXY header. */
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
        const rest = octets.subarray(length - before);
        this.end({ type: 'taken', header, outline: outlineOf(this.first), octets: rest.length === 0 ? [] : [rest] });
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

  /** The client was reset because the proxy was stopped. */
  closed(): void {
    this.stopWaiting({ why: 'closed' });
  }

  /** If no header is required, an incomplete one counts as none. */
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
