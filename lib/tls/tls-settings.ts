import type { SecureContext } from 'node:tls';

/** The current credentials. They change when their files change, and apply to new connections. */
export interface TlsCredentials {
  readonly secureContext: SecureContext;
  /** The CAs that must have issued a peer's certificate, as PEM. @defaultValue none */
  readonly authorities?: readonly string[];
}

/** Settings for TLS connections from clients. */
export type Termination = {
  readonly credentials: TlsCredentials;
  /** Whether a client must present a certificate. */
  readonly requestCert: boolean;
};

/** Settings for TLS connections to the upstream. */
export type Origination = {
  readonly credentials: TlsCredentials;
  /** The server name to request and to verify; null: the host of the upstream. */
  readonly servername: string | null;
};
