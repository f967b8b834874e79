import { key, section } from './key.js';
import { path, text } from './kind.js';
import { nullableSection } from './nullable-section.js';

/** TLS between clients and the proxy. Null: the listener accepts plain TCP. */
export const tls = nullableSection(
  section({
    cert: key(path('FILE'), {
      default: null,
      flag: 'tls-cert',
      description:
        'Server certificate and its chain, PEM. Clients must then use TLS. Changed files are used for new connections; all paths are relative to the working directory.',
    }),
    key: key(path('FILE'), {
      default: null,
      flag: 'tls-key',
      description: 'Private key of the server certificate, PEM, without a passphrase.',
    }),
    ca: key(path('FILE'), {
      default: null,
      flag: 'tls-ca',
      description:
        "CA certificates, PEM. Every client must then present a certificate issued by one of them, as with RabbitMQ's verify_peer and fail_if_no_peer_cert.",
    }),
  }),
  '{cert: FILE, key: FILE}',
);

/** TLS between the proxy and the upstream. Null: the upstream is dialed over plain TCP. */
export const upstreamTls = nullableSection(
  section({
    ca: key(path('FILE | system'), {
      default: null,
      flag: 'upstream-tls-ca',
      description:
        'CA certificates to verify the upstream with, PEM, or system for those that Node.js trusts. The upstream is then dialed over TLS.',
    }),
    cert: key(path('FILE'), {
      default: null,
      flag: 'upstream-tls-cert',
      description: 'Client certificate to present to the upstream, PEM.',
    }),
    key: key(path('FILE'), {
      default: null,
      flag: 'upstream-tls-key',
      description: 'Private key of the client certificate, PEM, without a passphrase.',
    }),
    servername: key(text('a host name', /^[^\s/:]+$/, { syntax: 'HOST' }).nullable(), {
      default: null,
      flag: 'upstream-tls-servername',
      description: 'Name that the certificate of the upstream must have, if it is not the host of upstream.',
    }),
  }),
  '{ca: FILE | system}',
);
