import type { Reason } from '../amqp/reason.js';
import type { Close } from '../close.js';
import type { HttpRequest } from '../text/http-request.js';
import type { ClientHello } from '../tls/client-hello.js';
import type { SecuredClient } from './peer/secured-client.js';

/** The result of the TLS handshake with a client. */
export type Terminated =
  | {
      readonly client: SecuredClient;
      /** What the client asked for, and the negotiated version. */
      readonly hello: ClientHello;
    }
  | Unsecured;

/** A TLS handshake that was not completed. */
type Unsecured = {
  readonly client: null;
  /** What the client asked for. No version was negotiated. */
  readonly hello: ClientHello;
  /** The client's first octets, up to 8, as they arrived. */
  readonly header: Uint8Array;
  /** The beginning of an HTTP request without TLS; null if the client did not send one. */
  readonly request: HttpRequest | null;
} & (Dismissed | { readonly decision: 'fault' });

/** How the client is to be closed. With the decision `fault`, a fault has closed it already. */
export type Dismissed = {
  readonly decision: 'refuse' | 'none';
  readonly reason: Reason;
  readonly by: 'client' | 'proxy';
  readonly farewell: Uint8Array;
  readonly close: Close;
};
