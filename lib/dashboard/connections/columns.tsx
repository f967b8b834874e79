import type { Report } from '../../report/report.js';
import { Badge, Reason } from '../badge.js';
import { bytes, duration } from '../format.js';
import { Time } from '../time.js';
import { Untrusted } from '../untrusted.js';
import type { Column } from '../windowed-table.js';

/** Maximum characters of a text from a client in the list. */
const LONGEST = 80;

/** The columns of the list of connections. */
export const CONNECTION_COLUMNS: readonly Column<Report>[] = [
  {
    key: 'ended',
    title: 'Ended',
    cell: ({ at, durationMs }) => <Time at={Date.parse(at) + durationMs} />,
  },
  {
    key: 'client',
    title: 'Client, proxy',
    cell: ({ client, via, proxy }) => (
      <>
        <span class="mono">{client ?? 'unknown'}</span>
        <small>{via === null ? proxy : `${proxy}, via ${via}`}</small>
      </>
    ),
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
    cell: ({ handshake }) =>
      handshake === null ? (
        <span class="quiet">-</span>
      ) : (
        <>
          <span>
            <Untrusted text={[handshake.product ?? '-', handshake.version ?? ''].join(' ').trim()} longest={LONGEST} />
          </span>
          {handshake.user !== null && (
            <small>
              <Untrusted text={handshake.user} longest={LONGEST} />
              {handshake.vhost !== null && (
                <>
                  {' on '}
                  <Untrusted text={handshake.vhost} longest={LONGEST} />
                </>
              )}
            </small>
          )}
        </>
      ),
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
