import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { HealthChecks } from '../../control/routes/health-checks.js';
import { EmptyState } from '../empty-state.js';
import { Checks } from '../now/checks.js';
import { FirstClient } from '../now/first-client.js';
import { Funnel } from '../now/funnel.js';
import { leftOutText } from '../now/funnel-rows.js';
import { knocking, troubles } from '../now/knocking.js';
import { Latest } from '../now/latest.js';
import { Sources } from '../now/sources.js';
import { stacked } from '../now/stacked.js';
import { Tiles } from '../now/tiles.js';
import { Timeline } from '../now/timeline.js';
import { Warnings } from '../now/warnings.js';
import { Panel } from '../panel.js';
import { Problem } from '../problem.js';
import { fragmentOf } from '../route.js';
import { Time } from '../time.js';
import { usePolled } from '../use-polled.js';
import type { ViewProps } from './view.js';

/** How long a bar of the timeline is, and how often the health checks are asked for, in ms. */
const [BAR, CHECKS] = [10_000, 10_000] as const;

/** What happens now: rates, the last 15 minutes, how far handshakes get, who connects, and what went wrong. */
export function NowView({ control, state: { overview, before, reports } }: ViewProps): JSX.Element {
  const checks = usePolled<HealthChecks>(control, '/health-checks?limit=5', CHECKS);
  const sources = useMemo(() => knocking(reports, 6), [reports]);
  const latest = useMemo(() => troubles(reports, 7), [reports]);
  const timeline = useMemo(() => overview && stacked(overview.timeline, BAR), [overview]);
  if (overview === null || timeline === null) return <p class="quiet">Waiting for the first answer of rabbit-snare.</p>;
  const isEmpty = overview.totals.accepted === 0;
  const [oldest] = reports;
  return (
    <>
      <Warnings overview={overview} />
      <Tiles overview={overview} before={before} />
      {isEmpty ? (
        <FirstClient overview={overview} />
      ) : (
        <>
          <div class="now-charts">
            <Panel title="Ended connections" note="last 15 minutes by reason, 10 s a bar">
              {timeline.layers.length === 0 ? (
                <EmptyState title="No connection ended in the last 15 minutes" />
              ) : (
                <Timeline stacked={timeline} />
              )}
            </Panel>
            <Panel
              title="Handshakes"
              note={['last 15 minutes', leftOutText(overview.notInFunnel)].filter(Boolean).join(', ')}
            >
              <Funnel steps={overview.funnel} />
            </Panel>
          </div>
          <div class="now-lists">
            <Panel
              title="Who is knocking"
              note={
                oldest && (
                  <>
                    the last {reports.length} connections, since <Time at={oldest.at} />
                  </>
                )
              }
            >
              <Sources sources={sources} />
            </Panel>
            <Panel
              title="Latest refusals and errors"
              actions={<a href={fragmentOf({ view: 'connections' })}>all connections</a>}
            >
              <Latest reports={latest} />
            </Panel>
            <Panel title="Health checks" note="that add most to the log of the broker">
              <Problem message={checks.problem} />
              {checks.answer && <Checks checks={checks.answer.sources} />}
            </Panel>
          </div>
        </>
      )}
    </>
  );
}
