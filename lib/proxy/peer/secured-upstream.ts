import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { Close } from '../../close.js';
import { tls } from '../../tls/node-tls.js';
import type { Origination } from '../../tls/tls-settings.js';
import { DialledPeer, type DialledPeerListener, type DialTarget } from './dialled-peer.js';
import { SecuredPeer } from './secured-peer.js';

/** An upstream as the data path sees it, with or without TLS. */
export type UpstreamPeer = Pick<
  DialledPeer,
  | 'sent'
  | 'saw'
  | 'vanished'
  | 'received'
  | 'written'
  | 'write'
  | 'resume'
  | 'finish'
  | 'reset'
  | 'closeDelivered'
  | 'dismiss'
  | 'giveUp'
  | 'abandon'
  | 'address'
>;

/**
 * Dials the upstream, with TLS if `origination` is not null.
 *
 * @param introduction octets that are sent first, before TLS. @defaultValue none
 */
export function dial(
  target: DialTarget,
  origination: Origination | null,
  listener: DialledPeerListener,
  introduction?: Uint8Array,
): UpstreamPeer {
  if (origination !== null) return SecuredUpstream.dial(target, origination, listener, introduction);
  const upstream = new DialledPeer(target, listener);
  if (introduction) upstream.write(introduction);
  return upstream;
}

/**
 * An upstream inside TLS. It is connected when its certificate has been accepted. Before that nothing is written, and a
 * failure is that of a dial: unreachable.
 */
class SecuredUpstream extends SecuredPeer<DialledPeer> implements UpstreamPeer {
  private readonly dialled: DialledPeerListener;
  private isConnected = false;
  private isUnreachable = false;
  /** Octets that wait for the handshake. */
  private waiting: Uint8Array[] = [];

  static dial(
    target: DialTarget,
    { credentials, servername }: Origination,
    listener: DialledPeerListener,
    introduction: Uint8Array | undefined,
  ): UpstreamPeer {
    const below = new DialledPeer(target, {
      // Only the dial itself is reported here; TLS sets its own listener for the rest.
      connected: () => {},
      unreachable: (code) => upstream.unreachable(code),
      octets: () => false,
      ended: () => {},
      drained: () => {},
      closed: () => {},
    });
    // TLS writes its first octets as soon as it is created.
    if (introduction) below.write(introduction);
    const name = servername ?? target.host;
    const options: ConnectionOptions & { readonly highWaterMark: number } = {
      secureContext: credentials.secureContext,
      host: name,
      // An IP address is not a server name.
      ...(isIP(name) === 0 ? { servername: name } : {}),
      highWaterMark: 1,
    };
    const upstream = new SecuredUpstream(below, listener, options);
    return upstream;
  }

  private constructor(below: DialledPeer, listener: DialledPeerListener, options: ConnectionOptions) {
    super(below, listener, (socket) => tls().connect({ ...options, socket }));
    this.dialled = listener;
    this.tls.once('secureConnect', () => {
      this.isConnected = true;
      listener.connected();
      this.begin();
      for (const octets of this.waiting.splice(0)) this.tls.write(octets);
      if (this.saw === 'fin') this.tls.end();
    });
  }

  override write(octets: Uint8Array): boolean {
    if (this.isConnected) return super.write(octets);
    if (this.isGone || this.saw !== null) return true;
    this.written += octets.length;
    this.waiting.push(octets);
    return false;
  }

  override finish(): void {
    if (this.isConnected) super.finish();
    else this.saw ??= 'fin';
  }

  /** Before the end of the handshake TCP is reset, and what waits for it is dropped. */
  override reset(): void {
    if (this.isConnected) super.reset();
    else this.abandonDial();
  }

  override closeDelivered(close: Close): void {
    if (this.isConnected) super.closeDelivered(close);
    else this.abandonDial();
  }

  override dismiss(farewell: Uint8Array, close: Close): void {
    if (this.isConnected) super.dismiss(farewell, close);
    else this.abandonDial();
  }

  get address(): string | null {
    return this.below.address;
  }

  /** Abandons a dial or a handshake that is not complete in time, and reports it. */
  giveUp(): void {
    if (this.isConnected) return;
    this.unreachable(this.below.lateness);
    this.abandonDial();
  }

  /** Closes TCP at once, without a close_notify. */
  abandon(): void {
    this.isGone = true;
    this.tls.destroy();
    this.below.abandon();
  }

  protected override failed(error: NodeJS.ErrnoException): void {
    if (this.isConnected) {
      super.failed(error);
      return;
    }
    this.unreachable(error.code ?? error.message);
    this.abandonDial();
  }

  protected override hasEnded(how: Close): void {
    if (this.isConnected) {
      super.hasEnded(how);
      return;
    }
    // Without TLS it cannot be used, however it ended. `sent` keeps the difference for the close of the client.
    this.sent ??= how;
    this.unreachable('ECONNRESET');
    this.abandonDial();
  }

  /** What the upstream saw of a dial that failed is what it saw of TCP. */
  protected override tcpClosed(): void {
    if (!this.isConnected) this.saw = this.below.saw;
    super.tcpClosed();
  }

  private unreachable(code: string): void {
    if (this.isUnreachable || this.isGone) return;
    this.isUnreachable = true;
    this.dialled.unreachable(code);
  }

  private abandonDial(): void {
    this.isGone = true;
    this.waiting = [];
    this.tls.destroy();
    this.below.reset();
  }
}
