import type { JSX } from 'preact';
import type { Report } from '../../report/report.js';
import { duration, localDateTime, utc } from '../format.js';
import { Facts, factsOf } from './facts.js';

type Addresses = Pick<
  Report,
  'id' | 'proxy' | 'client' | 'via' | 'destination' | 'listen' | 'upstream' | 'upstreamAddress'
>;

const LABELS: { readonly [Key in keyof Addresses]: string } = {
  client: 'Client',
  via: 'Via',
  destination: 'Destination (PROXY header)',
  listen: 'Listener',
  proxy: 'Proxy',
  upstream: 'Upstream',
  upstreamAddress: 'Upstream address',
  id: 'Id',
};

const DECISIONS: { readonly [Name in Report['decision']]: string } = {
  forward: 'forwarded to the upstream',
  refuse: 'refused by the proxy',
  fault: 'a fault acted',
  none: 'none: there was nothing to decide',
};

/** Addresses, times, and what the proxy did. */
export function ConnectionSection(report: Addresses & Pick<Report, 'at' | 'durationMs' | 'decision'>): JSX.Element {
  const { at, durationMs, decision } = report;
  return (
    <Facts
      facts={[
        ['Accepted', localDateTime(at)],
        ['Accepted, in UTC', utc(at)],
        ['Ended after', duration(durationMs)],
        ['Decision', DECISIONS[decision]],
        ...factsOf<Addresses>(LABELS, report),
      ]}
    />
  );
}
