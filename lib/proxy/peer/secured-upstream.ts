import { isIP } from 'node:net';
import { type ConnectionOptions, connect } from 'node:tls';
import type { Close } from '../../close.js';
import type { Origination } from '../../tls/tls-settings.js';
import { DialledPeer, type DialledPeerListener } from './dialled-peer.js';
import { SecuredPeer } from './secured-peer.js';

/** An upstream as the data path knows it, whether it is spoken to through TLS or not. */
export type UpstreamPeer = Pick<
  DialledPeer,
  'sent' | 'saw' | 'received' | 'written' | 'write' | 'resume' | 'finish' | 'reset' | 'dismiss' | 'giveUp'
>;

type Address = { readonly host: string; readonly port: number };

/**
 * Dials the upstream, through TLS if that is wanted.
 *
 * @param introduction what it hears first, before TLS. @defaultValue nothing
 */
export function dial(
  address: Address,
  origination: Origination | null,
  listener: DialledPeerListener,
  introduction?: Uint8Array,
): UpstreamPeer {
  if (origination !== null) return SecuredUpstream.dial(address, origination, listener, introduction);
  const upstream = new DialledPeer(address, listener);
  if (introduction) upstream.write(introduction);
  return upstream;
}

/**
 * An upstream that is spoken to through TLS. It is connected once its certificate was found good; nothing is written to
 * one that is not, and its failure is that of a dial: unreachable.
 */
class SecuredUpstream extends SecuredPeer<DialledPeer> implements UpstreamPeer {
  private readonly dialled: DialledPeerListener;
  private isConnected = false;
  private isUnreachable = false;
  /** What waits for the handshake. */
  private waiting: Uint8Array[] = [];

  static dial(
    address: Address,
    { credentials, servername }: Origination,
    listener: DialledPeerListener,
    introduction: Uint8Array | undefined,
  ): UpstreamPeer {
    const below = new DialledPeer(address, {
      // What it tells of the dial; the rest goes to the listener that TLS sets.
      connected: () => {},
      unreachable: (code) => upstream.unreachable(code),
      octets: () => false,
      ended: () => {},
      drained: () => {},
      closed: () => {},
    });
    // TLS writes its first octets as soon as it is made.
    if (introduction) below.write(introduction);
    const name = servername ?? address.host;
    const options: ConnectionOptions & { readonly highWaterMark: number } = {
      secureContext: credentials.secureContext,
      host: name,
      // An address is no name to ask for.
      ...(isIP(name) === 0 ? { servername: name } : {}),
      highWaterMark: 1,
    };
    const upstream = new SecuredUpstream(below, listener, options);
    return upstream;
  }

  private constructor(below: DialledPeer, listener: DialledPeerListener, options: ConnectionOptions) {
    super(below, listener, (socket) => connect({ ...options, socket }));
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

  /** A dial that has not been answered is given up: there is nobody to reset yet. */
  override reset(): void {
    if (this.isConnected) super.reset();
    else this.abandonDial();
  }

  override dismiss(farewell: Uint8Array, close: Close): void {
    if (this.isConnected) super.dismiss(farewell, close);
    else this.abandonDial();
  }

  /** Gives up a dial that has not been answered, or a handshake that is not over, and says why. */
  giveUp(code: string): void {
    if (this.isConnected) return;
    this.unreachable(code);
    this.abandonDial();
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
    // Before the handshake was over: the same to the client, whether it was a FIN or a reset.
    this.sent ??= how;
    this.unreachable('ECONNRESET');
    this.abandonDial();
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
