import type { SecureContext } from 'node:tls';

/** What TLS is done with; another one after its files have changed. It counts from the next connection on. */
export interface TlsCredentials {
  readonly secureContext: SecureContext;
}

/** How TLS of the clients ends here. */
export type Termination = {
  readonly credentials: TlsCredentials;
  /** A client must show a certificate. */
  readonly requestCert: boolean;
};

/** How TLS to the upstream begins here. */
export type Origination = {
  readonly credentials: TlsCredentials;
  /** The name that the upstream must have, and is asked for; null: the host that is dialled. */
  readonly servername: string | null;
};
