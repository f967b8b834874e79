import type { Clock, Timer } from '../clock.js';
import type { Close } from '../close.js';
import type { Origination } from '../tls/tls-settings.js';
import type { DialledPeerListener, DialTarget } from './peer/dialled-peer.js';
import type { PeerListener } from './peer/peer.js';
import type { ClientPeer } from './peer/secured-client.js';
import { dial, type UpstreamPeer } from './peer/secured-upstream.js';

const NO_OCTETS = new Uint8Array(0);

/** Sees octets as they pass. It must not change or keep them. */
export interface RelayObserver {
  fromClient(octets: Uint8Array): void;
  fromUpstream(octets: Uint8Array): void;
  /** A side has closed. */
  ended(by: Relayed['by']): void;
}

/** How a relayed connection went. */
export type Relayed = {
  /** Which side closed TCP first. */
  readonly by: 'client' | 'upstream' | 'proxy';
  /** Why the upstream could not be reached: error codes of the operating system; null if it was reached. */
  readonly unreachable: string | null;
  /** `Clock.ticks` when the upstream accepted; null if it never did. */
  readonly connectedAt: number | null;
};

/**
 * Dials the upstream and relays octets both ways, unchanged, in order, and no faster than the other side accepts them.
 * A half-close is relayed as a half-close, a reset as a reset.
 */
export class Relay {
  readonly upstream: UpstreamPeer;
  /** Resolves when both sockets are gone. */
  readonly done: Promise<Relayed>;
  private client: ClientPeer;
  private readonly observer: RelayObserver;
  private readonly clock: Clock;
  private timer: Timer | undefined;
  private readonly whenUnreachable: Close;
  private by: Relayed['by'] | null = null;
  private unreachable: string | null = null;
  private connectedAt: number | null = null;
  private open = 2;
  private finished!: (relayed: Relayed) => void;

  /**
   * @param replay the client's octets that were read before; the client may be paused
   */
  constructor(
    client: ClientPeer,
    replay: readonly Uint8Array[],
    options: {
      readonly target: DialTarget;
      readonly origination: Origination | null;
      /** How the client is closed when the upstream cannot be reached. */
      readonly whenUnreachable: Close;
      readonly clock: Clock;
      readonly observer: RelayObserver;
      /** Octets sent to the upstream before those of the client. @defaultValue none */
      readonly introduction?: Uint8Array | undefined;
    },
  ) {
    this.client = client;
    this.observer = options.observer;
    this.whenUnreachable = options.whenUnreachable;
    this.clock = options.clock;
    this.done = new Promise((resolve) => {
      this.finished = resolve;
    });
    this.upstream = dial(options.target, options.origination, new FromUpstream(this), options.introduction);
    this.timer = this.clock.start(() => this.upstream.giveUp(), options.target.connectTimeout);
    client.hurry();
    client.listener = new FromClient(this);
    for (const octets of replay) this.fromClient(octets);
    if (replay.length === 0) client.resume();
    // A close that came with the octets is relayed after them.
    if (client.sent !== null) this.clientEnded(client.sent);
    if (client.closed) this.closed();
  }

  /** Ends both sides with a reset. */
  reset(): void {
    this.by ??= 'proxy';
    this.upstream.reset();
    this.client.reset();
  }

  /** Ends both sides with a FIN. */
  leave(): void {
    this.by ??= 'proxy';
    this.upstream.dismiss(NO_OCTETS, 'fin');
    this.client.dismiss(NO_OCTETS, 'fin');
  }

  /** Replaces the client with a peer in front of it. */
  replaceClient(client: ClientPeer): void {
    this.client = client;
  }

  /** @returns whether more may come */
  fromClient(octets: Uint8Array): boolean {
    this.observer.fromClient(octets);
    return this.upstream.write(octets);
  }

  clientEnded(how: Close, afterDelivery = false): void {
    this.observer.ended('client');
    this.by ??= 'client';
    if (how === 'fin') this.upstream.finish();
    else if (afterDelivery) this.upstream.closeDelivered('rst');
    else this.upstream.reset();
  }

  /** @returns whether more may come */
  fromUpstream(octets: Uint8Array): boolean {
    this.observer.fromUpstream(octets);
    return this.client.write(octets);
  }

  upstreamEnded(how: Close): void {
    this.observer.ended('upstream');
    this.by ??= 'upstream';
    if (how === 'fin') this.client.finish();
    else this.client.reset();
  }

  connected(): void {
    this.stopTimer();
    this.connectedAt = this.clock.ticks();
  }

  isUnreachable(code: string): void {
    this.by ??= 'proxy';
    this.unreachable = code;
    // An upstream that resets before its TLS handshake is complete has been reached.
    this.client.dismiss(NO_OCTETS, this.upstream.sent === 'rst' ? 'rst' : this.whenUnreachable);
  }

  /** The client has room again, or does not need any more. */
  clientDrained(): void {
    this.upstream.resume();
  }

  upstreamDrained(): void {
    this.client.resume();
  }

  upstreamClosed(): void {
    this.stopTimer();
    this.closed();
  }

  private stopTimer(): void {
    if (this.timer !== undefined) this.clock.stop(this.timer);
    this.timer = undefined;
  }

  closed(): void {
    this.open -= 1;
    if (this.open > 0) return;
    this.finished({ by: this.by ?? 'proxy', unreachable: this.unreachable, connectedAt: this.connectedAt });
  }
}

/** Receives the events of the client. An object with methods takes less memory than four functions. */
class FromClient implements PeerListener {
  private readonly relay: Relay;

  constructor(relay: Relay) {
    this.relay = relay;
  }

  octets(octets: Uint8Array): boolean {
    return this.relay.fromClient(octets);
  }

  ended(how: Close, afterDelivery?: boolean): void {
    this.relay.clientEnded(how, afterDelivery);
  }

  drained(): void {
    this.relay.clientDrained();
  }

  closed(): void {
    this.relay.closed();
  }
}

/** Receives the events of the upstream. */
class FromUpstream implements DialledPeerListener {
  private readonly relay: Relay;

  constructor(relay: Relay) {
    this.relay = relay;
  }

  connected(): void {
    this.relay.connected();
  }

  unreachable(code: string): void {
    this.relay.isUnreachable(code);
  }

  octets(octets: Uint8Array): boolean {
    return this.relay.fromUpstream(octets);
  }

  ended(how: Close): void {
    this.relay.upstreamEnded(how);
  }

  drained(): void {
    this.relay.upstreamDrained();
  }

  closed(): void {
    this.relay.upstreamClosed();
  }
}
