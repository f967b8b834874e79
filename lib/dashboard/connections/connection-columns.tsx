import type { Report } from '../../report/report.js';
import { Badge, Reason } from '../badge.js';
import { ClientCell } from '../client-cell.js';
import { bytes, duration } from '../format.js';
import { Time } from '../time.js';
import { Untrusted } from '../untrusted.js';
import { Who } from '../who.js';
import type { Column } from '../windowed-table.js';

/** The columns of the list of connections. @param linkOf where a report is shown */
export const connectionColumns = (linkOf: (report: Report) => string): readonly Column<Report>[] => [
  {
    key: 'ended',
    title: 'Ended',
    cell: (report, tabIndex) => (
      <a href={linkOf(report)} tabIndex={tabIndex}>
        <Time at={Date.parse(report.at) + report.durationMs} />
      </a>
    ),
  },
  {
    key: 'client',
    title: 'Client, proxy',
    cell: ({ client, via, proxy }) => <ClientCell client={client} via={via} proxy={proxy} />,
  },
  {
    key: 'reason',
    title: 'Reason',
    cell: ({ reason, fault, healthCheck }) => (
      <>
        <span class="names">
          <Reason reason={reason} />
          {healthCheck && <Badge kind="plain">health check</Badge>}
          {fault !== null && reason.name !== 'fault' && (
            <Badge kind="fault">
              <Untrusted text={fault.name} longest={24} />
            </Badge>
          )}
        </span>
        <small title={reason.sentence.length > 60 ? reason.sentence : undefined}>
          <Untrusted text={reason.sentence} />
        </small>
      </>
    ),
  },
  {
    key: 'product',
    title: 'Product, user, vhost',
    cell: ({ handshake }) => <Who handshake={handshake} />,
  },
  { key: 'duration', title: 'Duration', cell: ({ durationMs }) => duration(durationMs) },
  {
    key: 'bytes',
    title: 'Bytes in, out',
    cell: ({ octets }) => (
      <>
        <span>{bytes(octets.received)}</span>
        <small>{bytes(octets.sent)}</small>
      </>
    ),
  },
];
