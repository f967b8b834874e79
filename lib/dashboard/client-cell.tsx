import type { JSX } from 'preact';
import type { Report } from '../report/report.js';

/** The cell of a table with the client of a connection, its proxy, and the load balancer in between. */
export function ClientCell({ client, via, proxy }: Pick<Report, 'client' | 'via' | 'proxy'>): JSX.Element {
  return (
    <>
      <span class="mono">{client ?? 'unknown'}</span>
      <small>{via === null ? proxy : `${proxy}, via ${via}`}</small>
    </>
  );
}
