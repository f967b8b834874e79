import test from 'ava';
import type { ScenarioStepView } from '../../../lib/control/scenario-view.js';
import { roundBars } from '../../../lib/dashboard/scenarios/round-bars.js';

const step = (after: number, until: number | null): ScenarioStepView => ({
  what: 'noop',
  proxy: 'amqp',
  after,
  until,
  state: 'active',
});

test('steps are bars over the time of the round, and now is in the current round', (t) => {
  const steps = [step(0, 1000), step(1000, 4000)];
  const { bars, now, shown, hasEnd } = roundBars({ steps, elapsedMs: 10_000, round: 3 });
  t.deepEqual(
    bars.map(({ left, width }) => [left, width]),
    [
      [0, 25],
      [25, 75],
    ],
  );
  t.deepEqual({ now, shown, hasEnd }, { now: 50, shown: 4000, hasEnd: true });
});

test('now does not leave the round', (t) => {
  t.is(roundBars({ steps: [step(0, 1000)], elapsedMs: 1500, round: 1 }).now, 100);
  t.is(roundBars({ steps: [step(0, 1000)], elapsedMs: 900, round: 2 }).now, 0);
});

test('a step without an end reaches to the right edge, and the time that is shown grows', (t) => {
  const steps = [step(0, 2000), step(1000, null)];
  const short = roundBars({ steps, elapsedMs: 5000, round: 1 });
  t.deepEqual([short.shown, short.hasEnd, short.now], [10_000, false, 50]);
  t.deepEqual([short.bars[1]?.left, short.bars[1]?.width], [10, 90]);
  const long = roundBars({ steps, elapsedMs: 40_000, round: 1 });
  t.deepEqual([long.shown, long.now], [50_000, 80]);
});
