import test from 'ava';
import fc from 'fast-check';
import { parseFault } from '../../lib/faults/parse-fault.js';
import { isInTime, positionAt, untilChange } from '../../lib/faults/schedule.js';

const fault = (when: object, name = 'a') => parseFault({ type: 'noop', proxy: 'amqp', name, when });

/** The windows that begin before a time, followed from change to change as a timer would. */
function windowsOf(when: object, { end = 600_000, seed = 1, name = 'a' } = {}) {
  const scheduled = fault(when, name);
  const windows: { begin: number; end: number }[] = [];
  for (let at: number | null = 0; at !== null && at < end; ) {
    const { state, changesAt } = positionAt(scheduled, at, seed);
    if (state === 'active') windows.push({ begin: at, end: changesAt ?? Number.POSITIVE_INFINITY });
    at = changesAt;
  }
  return windows;
}

test('untilChange is the time until the fault starts or stops acting', (t) => {
  const scheduled = fault({ after: 100, until: 200 });
  t.deepEqual(
    [0, 99, 100, 199, 200].map((elapsed) => [isInTime(scheduled, elapsed, 1), untilChange(scheduled, elapsed, 1)]),
    [
      [false, 100],
      [false, 1],
      [true, 100],
      [true, 1],
      [false, null],
    ],
  );
  t.is(untilChange(fault({}), 5, 1), null);
});

test('a fault acts at the beginning of every period, from when it was added', (t) => {
  const scheduled = fault({ every: '30s', for: '5s' });
  t.deepEqual(
    [0, 4_999, 5_000, 29_999, 30_000, 34_999, 35_000].map((elapsed) => positionAt(scheduled, elapsed, 1)),
    [
      { state: 'active', changesAt: 5_000 },
      { state: 'active', changesAt: 5_000 },
      { state: 'pausing', changesAt: 30_000 },
      { state: 'pausing', changesAt: 30_000 },
      { state: 'active', changesAt: 35_000 },
      { state: 'active', changesAt: 35_000 },
      { state: 'pausing', changesAt: 60_000 },
    ],
  );
});

test('after shifts the windows, and until cuts the last one', (t) => {
  t.deepEqual(windowsOf({ every: 100, for: 40, after: 1_000, until: 1_220 }), [
    { begin: 1_000, end: 1_040 },
    { begin: 1_100, end: 1_140 },
    { begin: 1_200, end: 1_220 },
  ]);
  const ended = fault({ every: 100, for: 40, after: 1_000, until: 1_200 });
  t.deepEqual(
    [0, 999, 1_050, 1_139, 1_140, 1_200].map((elapsed) => positionAt(ended, elapsed, 1).state),
    ['waiting', 'waiting', 'pausing', 'active', 'over', 'over'],
    'no window follows, so it is over at the end of the last one',
  );
});

test('random windows stay within their bounds', (t) => {
  const times = fc.integer({ min: 10, max: 50_000 });
  fc.assert(
    fc.property(fc.tuple(times, times), fc.tuple(times, times), fc.integer(), ([a, b], [c, d], seed) => {
      const [longest, shortest, most, least] = [Math.max(a, b), Math.min(a, b), Math.max(c, d), Math.min(c, d)];
      const length = Math.min(most, shortest - 1);
      const when = { every: `${shortest}ms..${longest}ms`, for: `${Math.min(least, length)}ms..${length}ms` };
      const windows = windowsOf(when, { end: 40 * longest, seed });
      for (const [nth, { begin, end }] of windows.entries()) {
        const next = windows[nth + 1];
        const isFit = end - begin >= Math.min(least, length) - 1e-6 && end - begin <= length + 1e-6;
        const isApart = !next || (next.begin - begin >= shortest - 1e-6 && next.begin - begin <= longest + 1e-6);
        if (!isFit || !isApart) return false;
      }
      return windows.length > 30 && windows[0]?.begin === 0;
    }),
  );
  t.pass();
});

test('random windows are the same in every run, and differ by seed and name', (t) => {
  const when = { every: '20s..40s', for: '1s..5s' };
  const first = windowsOf(when);
  t.deepEqual(windowsOf(when), first);
  t.true(new Set(first.map(({ begin, end }) => end - begin)).size > 5);
  t.notDeepEqual(windowsOf(when, { seed: 2 }), first);
  t.notDeepEqual(windowsOf(when, { name: 'b' }), first);
});

test('a position is found without following the windows before it', (t) => {
  const when = { every: '10ms..20ms', for: '1ms..9ms' };
  const [scheduled, year] = [fault(when), 365 * 86_400_000];
  const { changesAt } = positionAt(scheduled, year, 1);
  t.true(changesAt !== null && changesAt > year && changesAt <= year + 20);
});

for (const [when, message] of [
  [{ every: '30s' }, 'when.for must be given with every'],
  [{ for: '5s' }, 'when.every must be given with for'],
  [{ every: '5s', for: '5s' }, 'when.for must be shorter than every, not "5s"'],
  [{ every: '20s..40s', for: '1s..20s' }, 'when.for must be shorter than every, not "1s..20s"'],
  [{ every: '9ms', for: '1ms' }, 'when.every must be at least 10ms, not "9ms"'],
  [{ every: '5s', for: 0 }, 'when.for must be more than 0, not 0'],
  [{ every: '40s..20s', for: '1s' }, 'when.every must be a range from the shorter to the longer time, not "40s..20s"'],
  [
    { every: '20s..', for: '1s' },
    'when.every must be milliseconds, a duration with a unit, such as 250ms, 10s or 2m, or a range such as 20s..40s, up to 24h, not "20s.."',
  ],
  [
    { every: true, for: '1s' },
    'when.every must be milliseconds, a duration with a unit, such as 250ms, 10s or 2m, or a range such as 20s..40s, up to 24h, not true',
  ],
] as const) {
  test(`rejected: ${JSON.stringify(when)}`, (t) => {
    t.throws(() => fault(when), { message });
  });
}

test('times are shown in ms, and ranges as text', (t) => {
  t.deepEqual(fault({ every: '30s', for: '5000' }).when, { every: 30_000, for: 5_000 });
  t.deepEqual(fault({ every: '20s..40s', for: '5s..5s' }).when, { every: '20s..40s', for: 5_000 });
  t.deepEqual(fault({ every: '200..1500ms', for: 100 }).when, { every: '200ms..1500ms', for: 100 });
});
