import test from 'ava';
import { barShares, missingSteps, stepsOf } from '../../../lib/dashboard/report/handshake-steps.js';
import type { Report } from '../../../lib/report/report.js';

const NOTHING: Report['timing'] = {
  headerMs: null,
  upstreamConnectMs: null,
  startMs: null,
  tuneMs: null,
  tuneOkMs: null,
  openMs: null,
};
const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);

test('a connection without any step has only its end', (t) => {
  t.deepEqual(stepsOf({ timing: NOTHING, durationMs: 3000 }), [{ key: 'end', title: 'End', at: 3000, took: 3000 }]);
  t.is(missingSteps(NOTHING).length, 6);
});

test('the steps are in the order in which they were reached', (t) => {
  const timing = { ...NOTHING, headerMs: 5, upstreamConnectMs: 1, startMs: 9 };
  const steps = stepsOf({ timing, durationMs: 20 });
  t.deepEqual(
    steps.map(({ key, at, took }) => [key, at, took]),
    [
      ['upstreamConnectMs', 1, 1],
      ['headerMs', 5, 4],
      ['startMs', 9, 4],
      ['end', 20, 11],
    ],
  );
  t.deepEqual(missingSteps(timing), ['Tune', 'Tune-Ok', 'Open-Ok']);
});

test('the shares of the bar are those of the times', (t) => {
  const { shares, isToScale } = barShares(stepsOf({ timing: { ...NOTHING, headerMs: 25 }, durationMs: 100 }));
  t.deepEqual(shares, [0.25, 0.75]);
  t.true(isToScale);
});

test('a short step is wide enough to be seen, and the bar stays full', (t) => {
  const timing = { headerMs: 1, upstreamConnectMs: 2, startMs: 3, tuneMs: 4, tuneOkMs: 5, openMs: 6 };
  const { shares, isToScale } = barShares(stepsOf({ timing, durationMs: 3_600_000 }));
  t.is(shares.length, 7);
  t.true(shares.every((share) => share >= 0.05));
  t.true(Math.abs(sum(shares) - 1) < 1e-9);
  t.false(isToScale);
});

test('steps that took no time share the bar', (t) => {
  t.deepEqual(barShares(stepsOf({ timing: { ...NOTHING, headerMs: 0 }, durationMs: 0 })).shares, [0.5, 0.5]);
});
