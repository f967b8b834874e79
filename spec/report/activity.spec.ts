import test from 'ava';
import { Activity } from '../../lib/report/activity.js';
import { ManualClock } from '../support/manual-clock.js';
import { reportWith } from '../support/report.js';

test('totals count every connection since the start, by decision, and the health checks among them', (t) => {
  const clock = new ManualClock();
  const activity = new Activity(clock);
  const report = { ...reportWith(), healthCheck: false };
  for (const decision of ['forward', 'refuse', 'refuse', 'fault', 'none'] as const) {
    activity.report({ ...report, decision, healthCheck: decision === 'none' }, { acceptedAt: clock.wall() });
    clock.advance(3_600_000);
  }
  t.deepEqual(activity.totals, { ended: 5, forward: 1, refuse: 2, fault: 1, none: 1, healthChecks: 1 });
  t.is(activity.since, new ManualClock().wall());
});

test('a report counts in the timeline and in the funnel', (t) => {
  const clock = new ManualClock();
  const activity = new Activity(clock);
  const report = reportWith();
  activity.report({ ...report, durationMs: 0, healthCheck: false }, { acceptedAt: clock.wall() });
  const { timeline, funnel } = activity.recent([]);
  t.is(timeline.accepted.at(-1), 1);
  t.is(timeline.reasons[report.reason.name]?.at(-1), 1);
  t.is(funnel[0]?.count, 1);
});
