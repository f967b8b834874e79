import type { TLSSocket, TLSSocketOptions } from 'node:tls';
import type { Close } from '../../close.js';
import { tls } from '../../tls/node-tls.js';
import type { Termination } from '../../tls/tls-settings.js';
import type { AcceptedPeer } from './accepted-peer.js';
import { SecuredPeer } from './secured-peer.js';

/** A TLS record with an alert that is not encrypted. */
const ALERT = 0x15;
const ALERT_LENGTH = 7;

/** A client as the data path sees it, with or without TLS. */
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
  | 'closeDelivered'
  | 'noticeReset'
  | 'hurry'
> & {
  /** @param isTruncated inside TLS, no close_notify precedes the FIN. @defaultValue false */
  dismiss(farewell: Uint8Array, close: Close, isTruncated?: boolean): void;
};

/** Receives the result of a client's TLS handshake: one of the two, once. */
export interface TlsHandshakeListener {
  /** @param protocol in Node's form: `TLSv1.3` */
  secured(protocol: string | null, servername: string | null): void;
  /**
   * @param code Node's, for example ERR_SSL_NO_SHARED_CIPHER
   * @param alert the alert that OpenSSL would have sent without encryption: it was withheld. An encrypted one was written.
   */
  failed(code: string, alert: number | null): void;
  /** TLS writes these octets to the client. @returns whether they are held back */
  writes(octets: Uint8Array): boolean;
}

/** A client inside TLS. The proxy behaves as RabbitMQ's TLS listener does. */
export class SecuredClient extends SecuredPeer<AcceptedPeer> implements ClientPeer {
  private readonly handshake: TlsHandshakeListener;
  private hasShaken = false;
  private alert: number | null = null;

  constructor(below: AcceptedPeer, { credentials, requestCert }: Termination, handshake: TlsHandshakeListener) {
    const options: TLSSocketOptions & { readonly highWaterMark: number } = {
      isServer: true,
      secureContext: credentials.secureContext,
      requestCert,
      rejectUnauthorized: requestCert,
      highWaterMark: 1,
    };
    super(below, below.listener, (stream) => new (tls().TLSSocket)(stream, options));
    this.handshake = handshake;
    // After the handshake Node reports broken TLS with `error` only on sockets that a `tls.Server` accepted.
    this.tls.on('_tlsError', (error: NodeJS.ErrnoException) => this.failed(error));
    this.tls.once('secure', () => {
      const refused = requestCert ? verifyError(this.tls) : null;
      this.hasShaken = true;
      // Nothing is read until `begin`: a reset that follows the client's first octets would discard them.
      this.stream.hold();
      if (refused !== null) handshake.failed(refused, null);
      else handshake.secured(this.tls.getProtocol(), servernameOf(this.tls));
    });
  }

  /** Receives what the socket below reads. During the handshake the owner may see it first. */
  get receiver() {
    return this.stream.receiver;
  }

  noticeReset(): void {
    this.below.noticeReset();
  }

  /** The socket below was set before the handshake. */
  hurry(): void {}

  /** Abandons TLS and leaves the socket below to its owner. */
  abandonTls(): void {
    this.isGone = true;
    this.tls.destroy();
  }

  protected override failed(error: NodeJS.ErrnoException): void {
    if (this.hasShaken) super.failed(error);
    else this.handshake.failed(error.code ?? error.message, this.alert);
  }

  /** A broker has other alerts than OpenSSL, so the owner sends its own. */
  protected override withholds(octets: Uint8Array): boolean {
    if (this.hasShaken) return false;
    if (octets.length !== ALERT_LENGTH || octets[0] !== ALERT) return this.handshake.writes(octets);
    this.alert = octets[ALERT_LENGTH - 1] ?? null;
    return true;
  }
}

/**
 * Why a client's certificate is refused; null for a good one. Node reports it by itself only for sockets that a
 * `tls.Server` accepted. TLS itself refuses a client without a certificate.
 */
function verifyError(socket: TLSSocket): string | null {
  const { ssl } = socket as unknown as { readonly ssl: { verifyError(): NodeJS.ErrnoException | null | undefined } };
  const error = ssl.verifyError();
  return error ? (error.code ?? error.message) : null;
}

/** Node returns false when the client did not send a name. */
function servernameOf(socket: TLSSocket): string | null {
  const { servername } = socket as unknown as { readonly servername: string | false | null };
  return servername || null;
}
