import type { OpenConnection } from '../../report/report.js';
import { STAGE_DOCS } from '../../report/stage-docs.js';
import { Badge } from '../badge.js';
import { ClientCell } from '../client-cell.js';
import { age, bytes, utc } from '../format.js';
import { Untrusted } from '../untrusted.js';
import { Who } from '../who.js';
import type { Column } from '../windowed-table.js';

/** The columns of the open connections. @param now ms since 1970, by the clock of the server */
export const openColumns = (
  now: number,
  onEnd: (connection: OpenConnection) => void,
): readonly Column<OpenConnection>[] => [
  {
    key: 'age',
    title: 'Age',
    cell: ({ at }) => (
      <time dateTime={utc(at)} title={`accepted at ${utc(at)}`}>
        {age(now - Date.parse(at))}
      </time>
    ),
  },
  {
    key: 'client',
    title: 'Client, proxy',
    cell: ({ client, via, proxy }) => <ClientCell client={client} via={via} proxy={proxy} />,
  },
  {
    key: 'stage',
    title: 'Stage',
    cell: ({ stage }) => (
      <>
        <span>
          <Badge kind={stage === 'running' ? 'info' : 'warning'}>{stage}</Badge>
        </span>
        <small title={STAGE_DOCS[stage]}>{STAGE_DOCS[stage]}</small>
      </>
    ),
  },
  {
    key: 'who',
    title: 'Product, user, vhost',
    cell: ({ handshake }) => <Who handshake={handshake} />,
  },
  {
    key: 'name',
    title: 'Name, upstream',
    cell: ({ handshake, upstream }) => (
      <>
        <span>
          {handshake === null || handshake.connectionName === null ? (
            <span class="quiet">-</span>
          ) : (
            <Untrusted text={handshake.connectionName} longest={80} />
          )}
        </span>
        <small>{upstream ?? 'not dialed'}</small>
      </>
    ),
  },
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
  {
    key: 'end',
    title: 'Action',
    cell: (connection, tabIndex) => (
      <button
        type="button"
        class="danger"
        tabIndex={tabIndex}
        aria-label={`End the connection of ${connection.client ?? 'an unknown client'}`}
        onClick={() => onEnd(connection)}
      >
        End…
      </button>
    ),
  },
];
