import type { JSX } from 'preact';
import type { HealthChecks } from '../../control/routes/health-checks.js';
import { count, duration } from '../format.js';
import { Panel } from '../panel.js';
import { Moment } from '../time.js';

/** The checks that only the kernel sees. */
export function InvisiblePanel({ invisible }: { readonly invisible: HealthChecks['invisible'] }): JSX.Element {
  const { available, why, count: number, periodMs, since, firstSeen, lastSeen, note } = invisible;
  return (
    <Panel title="Checks that never complete the TCP handshake" class="invisible">
      {available ? (
        <p>
          <strong>{count(number)}</strong>
          {since !== null && (
            <>
              {' since '}
              <Moment at={since} />
            </>
          )}
          {periodMs !== null && `, one every ${duration(periodMs)}`}
          {firstSeen !== null && (
            <>
              , the first at <Moment at={firstSeen} />
            </>
          )}
          {lastSeen !== null && (
            <>
              , the last at <Moment at={lastSeen} />
            </>
          )}
          .
        </p>
      ) : (
        <p>
          <strong>Not counted</strong>
          {why !== null && `: ${why}.`}
        </p>
      )}
      <p class="quiet">{note}</p>
    </Panel>
  );
}
