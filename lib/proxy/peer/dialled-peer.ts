import { connect, isIP, type NetConnectOpts } from 'node:net';
import type { Close } from '../../close.js';
import { addressOf } from '../../text/address-of.js';
import type { Lookup } from '../lookup.js';
import { Peer, type PeerListener } from './peer.js';
import type { Reads } from './reads.js';
import { SharedReads } from './shared-reads.js';

/** What to dial, and how. */
export interface DialTarget {
  /** A name or an IP address. All addresses of a name are tried, one after the other. */
  readonly host: string;
  readonly port: number;
  /** The time for the whole dial, in ms. Its owner calls `giveUp` after it. */
  readonly connectTimeout: number;
  /** Idle time before the first keepalive probe, in ms; 0: no keepalive. */
  readonly keepAlive: number;
  readonly lookup: Lookup;
}

/** Receives the events of a dialed peer. */
export interface DialledPeerListener extends PeerListener {
  connected(): void;
  /**
   * The peer could not be reached. `code` is the operating system's, for example ECONNREFUSED; several addresses can have
   * several. `closed` follows.
   */
  unreachable(code: string): void;
}

/**
 * The part of the connect timeout that an address has to answer, if the name has more of them. With the default of 5 s it is
 * 1.25 s: a SYN that was lost is sent again after 1 s.
 */
const ATTEMPT = 1 / 4;

/** How long a dial that the proxy has closed may take to be answered, in ms. A busy kernel does not answer at once. */
const ANSWER = 100;

/**
 * Errors of a dial that was answered: the peer accepted, and reset before Node noticed. A closed port is ECONNREFUSED, and
 * EPIPE is a reset after a FIN.
 */
const RESET_AFTER_ACCEPT: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'EPIPE']);

/** The upstream: a peer that the proxy dials. Octets can be written at once; they are sent when it is connected. */
export class DialledPeer extends Peer {
  private readonly dialled: DialledPeerListener;
  private isConnected = false;
  /** The proxy has closed it, whether or not the dial is answered. */
  private isLeft = false;
  /** The address that was dialed, of several the last; null before that. The socket's own must not be read, see `onEnd`. */
  address: string | null = null;
  /** Whether the address of the host is known, or why there is none. */
  private isResolved: boolean;
  protected readonly reads: Reads;

  constructor({ host, port, connectTimeout, keepAlive, lookup }: DialTarget, listener: DialledPeerListener) {
    const reads = new SharedReads({ take: (octets) => this.take(octets) });
    let cancel: (() => void) | undefined;
    const options: NetConnectOpts & { readonly highWaterMark: number } = {
      host,
      port,
      lookup: (name, { family, hints }, callback) => {
        cancel = lookup(name, { family, hints }, callback);
      },
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: Math.ceil(connectTimeout * ATTEMPT),
      allowHalfOpen: true,
      noDelay: true,
      highWaterMark: 1,
      onread: reads.onread,
    };
    const socket = connect(options);
    super(socket, listener);
    reads.socket = socket;
    this.reads = reads;
    this.dialled = listener;
    this.isResolved = isIP(host) !== 0;
    if (!this.isResolved) {
      socket.once('lookup', () => {
        this.isResolved = true;
      });
      socket.once('close', () => cancel?.());
    }
    socket.on('connectionAttempt', (ip: string) => {
      this.address = addressOf(ip, port);
    });
    socket.once('connect', () => this.hasConnected());
    this.keepAlive(keepAlive);
  }

  /**
   * After a reset the socket has no peer address. This works only if the address was not read before, because Node
   * caches the answer, and only as long as no FIN was sent, because a socket that both sides closed has no peer either.
   */
  onEnd(): void {
    this.hasEnded(this.saw === null && this.socket.remoteAddress === undefined ? 'rst' : 'fin');
  }

  override onError(error: NodeJS.ErrnoException): void {
    if (!this.isConnected && wasAccepted(error)) this.hasConnected();
    if (this.isConnected) super.onError(error);
    else if (!this.isLeft) this.isUnreachable(codeOf(error));
  }

  /** Octets that wait for the dial are sent first. A dial that has not been answered is abandoned. */
  override reset(): void {
    if (this.isConnected) super.reset();
    else this.resetAfterOctets();
    this.leave();
  }

  /** A dial that has not been answered is reset. */
  override closeDelivered(close: Close): void {
    if (this.isConnected) super.closeDelivered(close);
    else this.reset();
  }

  override dismiss(farewell: Uint8Array, close: Close): void {
    super.dismiss(farewell, close);
    this.leave();
  }

  /** Abandons a dial that has not been answered in time, and reports it. */
  giveUp(): void {
    afterPoll(() => {
      if (this.isConnected || this.isLeft) return;
      this.isUnreachable(this.lateness);
      this.abandon();
    });
  }

  /** The error code of a dial that takes too long: as from the system, if DNS has not answered. */
  get lateness(): string {
    return this.isResolved ? 'ETIMEDOUT' : 'EAI_AGAIN';
  }

  private hasConnected(): void {
    this.isConnected = true;
    this.dialled.connected();
  }

  /** What was to be sent to it never was. */
  private isUnreachable(code: string): void {
    this.saw = null;
    this.dialled.unreachable(code);
  }

  /** Abandons the dial if it is not answered soon. If it is, the close must be the chosen one: Node sends it when it notices. */
  private leave(): void {
    if (this.isConnected || this.isLeft) return;
    this.isLeft = true;
    const abandon = (): void => {
      if (this.isConnected) return;
      this.saw = null;
      this.abandon();
    };
    const late = setTimeout(() => afterPoll(abandon), ANSWER);
    this.socket.once('close', () => clearTimeout(late));
  }
}

/** The second turn from now follows a poll for events: what the kernel has completed is known by then. */
function afterPoll(then: () => void): void {
  setImmediate(() => setImmediate(then));
}

/** A name with several addresses has an error for each. */
type DialError = NodeJS.ErrnoException & { readonly errors?: readonly NodeJS.ErrnoException[] };

/** Whether the dial failed only after the peer had accepted it. */
function wasAccepted(error: DialError): boolean {
  return (error.errors ?? [error]).some(({ code }) => RESET_AFTER_ACCEPT.has(code));
}

/** `ECONNREFUSED`; if the addresses failed in different ways, `ETIMEDOUT, ECONNREFUSED`. */
function codeOf(error: DialError): string {
  return [...new Set((error.errors ?? [error]).map(({ code, message }) => code ?? message))].join(', ');
}
