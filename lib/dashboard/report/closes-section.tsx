import type { JSX } from 'preact';
import type { Report } from '../../report/report.js';
import { Untrusted } from '../untrusted.js';
import { ClientText, Facts } from './facts.js';

type Ended = Report['ended'];
type Side = Ended['by'];

const SIDES: { readonly [Name in Side]: string } = { client: 'Client', proxy: 'rabbit-snare', upstream: 'Upstream' };
const CLOSES = { fin: 'FIN', rst: 'RST' } as const;

/** Who ended the connection, and how: TCP on both sides, and the AMQP Close. */
export function ClosesSection(
  report: Pick<Report, 'ended' | 'connectionClose' | 'client' | 'upstream' | 'octets' | 'unreadable'>,
): JSX.Element {
  const { ended, connectionClose, client, upstream, octets, unreadable } = report;
  return (
    <>
      <div class="peers">
        <Box side="client" by={ended.by} address={client ?? 'unknown'} />
        <Link left="client" right="proxy" sent={ended.clientSent} saw={ended.clientSaw} />
        <Box side="proxy" by={ended.by} address={null} />
        <Link
          left="proxy"
          right="upstream"
          sent={ended.upstreamSaw}
          saw={ended.upstreamSent}
          isDialed={upstream !== null}
        />
        <Box side="upstream" by={ended.by} address={upstream ?? 'not dialed'} />
      </div>
      <Facts
        facts={[
          [
            'AMQP Close',
            connectionClose && (
              <>
                <code>
                  {connectionClose.code} <Untrusted text={connectionClose.name ?? ''} />
                </code>
                {` by ${connectionClose.by === 'proxy' ? SIDES.proxy : `the ${connectionClose.by}`}`}
                {connectionClose.text !== '' && (
                  <>
                    : <ClientText text={connectionClose.text} />
                  </>
                )}
              </>
            ),
          ],
          ['From the client', `${NUMBER.format(octets.received)} bytes`],
          ['To the client', `${NUMBER.format(octets.sent)} bytes`],
          ['Unreadable as frames', unreadable === null ? 'nothing' : `bytes of the ${unreadable}, after some point`],
        ]}
      />
    </>
  );
}

function Box({
  side,
  by,
  address,
}: {
  readonly side: Side;
  readonly by: Side;
  readonly address: string | null;
}): JSX.Element {
  return (
    <div class={`peer${side === by ? ' first' : ''}`}>
      <strong>{SIDES[side]}</strong>
      {address !== null && (
        <small class="mono">
          <Untrusted text={address} />
        </small>
      )}
      {side === by && <small>closed first</small>}
    </div>
  );
}

/** The closes between two sides. @param sent from left to right @param saw from right to left */
function Link({
  left,
  right,
  sent,
  saw,
  isDialed = true,
}: {
  readonly left: Side;
  readonly right: Side;
  readonly sent: Ended['clientSent'];
  readonly saw: Ended['clientSaw'];
  readonly isDialed?: boolean;
}): JSX.Element {
  return (
    <div class={`tcp${isDialed ? '' : ' unused'}`}>
      {isDialed ? (
        <>
          <Arrow from={left} to={right} close={sent} way="right" />
          <Arrow from={right} to={left} close={saw} way="left" />
        </>
      ) : (
        <span class="quiet">no connection</span>
      )}
    </div>
  );
}

function Arrow({
  from,
  to,
  close,
  way,
}: {
  readonly from: Side;
  readonly to: Side;
  readonly close: Ended['clientSent'];
  readonly way: 'left' | 'right';
}): JSX.Element {
  return (
    <span class={`arrow ${way} ${close ?? 'none'}`}>
      <span class="visually-hidden">{`${SIDES[from]} to ${SIDES[to]}: `}</span>
      {close === null ? 'no close' : CLOSES[close]}
    </span>
  );
}

const NUMBER = new Intl.NumberFormat();
