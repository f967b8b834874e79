import type { JSX } from 'preact';
import type { Report } from '../../report/report.js';
import { Untrusted } from '../untrusted.js';
import { Facts, factsOf } from './facts.js';

type Handshake = NonNullable<Report['handshake']>;

const LABELS: { readonly [Key in keyof Handshake]: string } = {
  product: 'Product',
  version: 'Version',
  platform: 'Platform',
  connectionName: 'Connection name',
  user: 'User',
  vhost: 'Virtual host',
  mechanism: 'SASL mechanism',
  heartbeat: 'Heartbeat (s)',
  frameMax: 'Maximum frame (bytes)',
  channelMax: 'Maximum channels',
  serverProduct: 'Broker',
  serverVersion: 'Broker version',
};

/** What client and broker declared while they opened the connection. */
export function HandshakeSection({ handshake }: Pick<Report, 'handshake'>): JSX.Element {
  if (handshake === null) return <p class="quiet">The connection was not forwarded to a broker.</p>;
  return <Facts facts={factsOf(LABELS, handshake)} ifNull="Not sent" />;
}

/** What the client asked for in its TLS handshake. */
export function TlsSection({ tls }: Pick<Report, 'tls'>): JSX.Element {
  if (tls === null) return <p class="quiet">The client did not use TLS.</p>;
  const { version, servername, alpn, terminated } = tls;
  return (
    <Facts
      facts={[
        [terminated ? 'Version' : 'Highest version offered', version],
        ['Host asked for (SNI)', servername && <Untrusted text={servername} />],
        ['Protocols offered (ALPN)', alpn.length === 0 ? null : <Untrusted text={alpn.join(', ')} />],
        ['Terminated', terminated ? 'by the proxy' : 'no: the proxy did not terminate it'],
      ]}
    />
  );
}
