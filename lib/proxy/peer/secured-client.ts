import { TLSSocket, type TLSSocketOptions } from 'node:tls';
import type { Termination } from '../../tls/tls-settings.js';
import type { AcceptedPeer } from './accepted-peer.js';
import { SecuredPeer } from './secured-peer.js';

/** A client as the data path knows it, whether it speaks through TLS or not. */
export type ClientPeer = Pick<
  AcceptedPeer,
  | 'sent'
  | 'saw'
  | 'closed'
  | 'received'
  | 'written'
  | 'listener'
  | 'write'
  | 'resume'
  | 'finish'
  | 'reset'
  | 'settle'
  | 'hurry'
  | 'dismiss'
>;

/** What the owner of a secured client hears of its handshake; one of them, once. */
export interface TlsHandshakeListener {
  /** @param protocol as Node calls it: `TLSv1.3` */
  secured(protocol: string | null, servername: string | null): void;
  /** @param code Node's, for example ERR_SSL_NO_SHARED_CIPHER. An alert is on its way where TLS has one for it. */
  failed(code: string): void;
}

/** A client that speaks through TLS: it behaves as RabbitMQ's TLS listener does. */
export class SecuredClient extends SecuredPeer<AcceptedPeer> implements ClientPeer {
  private readonly handshake: TlsHandshakeListener;
  private hasShaken = false;

  constructor(below: AcceptedPeer, { credentials, requestCert }: Termination, handshake: TlsHandshakeListener) {
    const options: TLSSocketOptions & { readonly highWaterMark: number } = {
      isServer: true,
      secureContext: credentials.secureContext,
      requestCert,
      rejectUnauthorized: requestCert,
      highWaterMark: 1,
    };
    super(below, below.listener, (stream) => new TLSSocket(stream, options));
    this.handshake = handshake;
    // After the handshake Node tells of broken TLS by `error` only where a `tls.Server` accepted the socket.
    this.tls.on('_tlsError', (error: NodeJS.ErrnoException) => this.failed(error));
    this.tls.once('secure', () => {
      const refused = requestCert ? verifyError(this.tls) : null;
      this.hasShaken = true;
      if (refused !== null) handshake.failed(refused);
      else handshake.secured(this.tls.getProtocol(), servernameOf(this.tls));
    });
  }

  /** What the socket below brought. While the handshake lasts its owner may look at it first. */
  get hears() {
    return this.stream.hears;
  }

  settle(): Promise<void> {
    return this.below.settle();
  }

  /** Done before the handshake. */
  hurry(): void {}

  /** Gives up TLS; the socket below is left to its owner. */
  abandonTls(): void {
    this.isGone = true;
    this.tls.destroy();
  }

  protected override failed(error: NodeJS.ErrnoException): void {
    if (this.hasShaken) super.failed(error);
    else this.handshake.failed(error.code ?? error.message);
  }
}

/**
 * Why a client's certificate is refused, null for a good one. Node tells it of sockets that a `tls.Server` accepted, and
 * of others only here; a client that shows none was refused by TLS itself.
 */
function verifyError(socket: TLSSocket): string | null {
  const { ssl } = socket as unknown as { readonly ssl: { verifyError(): NodeJS.ErrnoException | null | undefined } };
  const error = ssl.verifyError();
  return error ? (error.code ?? error.message) : null;
}

/** Node has false in place of a name that the client did not give. */
function servernameOf(socket: TLSSocket): string | null {
  const { servername } = socket as unknown as { readonly servername: string | false | null };
  return servername || null;
}
