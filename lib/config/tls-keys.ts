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
        'Server certificate and its chain (PEM). Clients must then use TLS. Changed files apply to new connections. All paths are relative to the working directory.',
    }),
    key: key(path('FILE'), {
      default: null,
      flag: 'tls-key',
      description: 'Private key of the server certificate (PEM), without a passphrase.',
    }),
    ca: key(path('FILE'), {
      default: null,
      flag: 'tls-ca',
      description:
        "CA certificates (PEM). Every client must then present a certificate issued by one of them, as with RabbitMQ's verify_peer and fail_if_no_peer_cert.",
    }),
  }),
  '{cert: FILE, key: FILE}',
);

/** TLS between the proxy and the upstream. Null: the proxy dials it over plain TCP. */
export const upstreamTls = nullableSection(
  section({
    ca: key(path('FILE | system'), {
      default: null,
      flag: 'upstream-tls-ca',
      description:
        'CA certificates (PEM) to verify the upstream with, or system for those that Node.js trusts. The proxy then uses TLS to the upstream.',
    }),
    cert: key(path('FILE'), {
      default: null,
      flag: 'upstream-tls-cert',
      description: 'Client certificate (PEM) to present to the upstream.',
    }),
    key: key(path('FILE'), {
      default: null,
      flag: 'upstream-tls-key',
      description: 'Private key of the client certificate (PEM), without a passphrase.',
    }),
    servername: key(text('a host name', /^[^\s/:]+$/, { syntax: 'HOST' }).nullable(), {
      default: null,
      flag: 'upstream-tls-servername',
      description: "Expected name in the upstream's certificate, if it is not the host of upstream.",
    }),
  }),
  '{ca: FILE | system}',
);
