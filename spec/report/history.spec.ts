import test from 'ava';
import { NOTHING_SAID } from '../../lib/amqp/handshake.js';
import { ConfigError } from '../../lib/errors.js';
import type { Facts } from '../../lib/report/facts.js';
import { History } from '../../lib/report/history.js';
import type { Report } from '../../lib/report/report.js';
import { reportLine } from '../../lib/report/report-line.js';
import type { ReportQuery } from '../../lib/report/report-query.js';
import { ManualClock } from '../support/manual-clock.js';
import { REASONS } from '../support/reasons.js';
import { AT, reportWith } from '../support/report.js';

const never = new AbortController().signal;
const hit = { id: 'amqp/flaky', name: 'flaky', type: 'amqp_reset', at: 'start' };

const add = (history: History, report: Report): void => history.add(report, reportLine(report));
const read = (lines: readonly Uint8Array[]): Report[] => lines.map((line) => JSON.parse(Buffer.from(line).toString()));

/** A history with one report for each given value: `a-1`, `a-2`, ... */
const historyOf = (all: readonly Partial<Facts>[], most = 10): History => {
  const history = new History(most);
  for (const [nth, facts] of all.entries()) add(history, reportWith({ id: `a-${nth + 1}`, ...facts }));
  return history;
};
const ids = (history: History, query: ReportQuery = {}): string[] => read(history.find(query)).map(({ id }) => id);

const THREE = historyOf([
  { client: '10.0.0.1:4000', reason: REASONS.bad_header, at: AT, durationMs: 10 },
  { client: '[::1]:4000', proxy: 'other', decision: 'fault', faults: [hit], at: AT, durationMs: 20 },
  { client: '10.0.0.11:4000', isLocal: true, at: AT, durationMs: 30 },
]);

test('reports are found newest first, as the lines that were added', (t) => {
  t.deepEqual(ids(THREE), ['a-3', 'a-2', 'a-1']);
  const report = reportWith({ client: '10.0.0.1:4000', handshake: { ...NOTHING_SAID, user: 'gästé 🐇"\n' } });
  const history = new History(1);
  add(history, report);
  t.deepEqual(history.find({}), [Buffer.from(reportLine(report))]);
  t.deepEqual(read(history.find({})), [report]);
});

test('the last reports are returned oldest first', (t) => {
  t.deepEqual(
    read(THREE.last(2)).map(({ id }) => id),
    ['a-2', 'a-3'],
  );
});

for (const [query, found] of [
  [{ id: 'a-2' }, ['a-2']],
  [{ id: 'a' }, []],
  [{ id: 'amqp/flaky' }, []],
  [{ reason: 'bad_header' }, ['a-1']],
  [{ proxy: 'other' }, ['a-2']],
  [{ decision: 'fault' }, ['a-2']],
  [{ fault: 'flaky' }, ['a-2']],
  [{ fault: 'amqp/flaky' }, ['a-2']],
  [{ fault: 'flak' }, []],
  [{ healthCheck: true }, ['a-3']],
  [{ healthCheck: false }, ['a-2', 'a-1']],
  [{ client: '10.0.0.1' }, ['a-1']],
  [{ client: '10.0.0.1:4000' }, ['a-1']],
  [{ client: '10.0.0.1:400' }, []],
  [{ client: '::1' }, ['a-2']],
  [{ client: '[::1]' }, ['a-2']],
  [{ client: '[::1]:4000' }, ['a-2']],
  [{ client: '10.0.0.1', reason: 'handshake_timeout' }, []],
  [{ limit: 2 }, ['a-3', 'a-2']],
  [{ limit: 0 }, []],
  [{ since: 'a-1' }, ['a-3', 'a-2']],
  [{ since: 'a-3' }, []],
  [{ since: 'a-1', limit: 1 }, ['a-3']],
  [{ since: '0b-77' }, ['a-3', 'a-2', 'a-1']],
  [{ since: '2026-11-23T05:57:07.537Z' }, ['a-3', 'a-2']],
  [{ since: '2026-11-23T06:57:07.547+01:00' }, ['a-3']],
  [{ since: '2026-11-23' }, ['a-3', 'a-2', 'a-1']],
  [{ since: '2026-11-24' }, []],
  [{ reason: undefined, since: undefined, limit: undefined }, ['a-3', 'a-2', 'a-1']],
] as const satisfies readonly (readonly [ReportQuery, readonly string[]])[]) {
  test(`${JSON.stringify(query)} finds ${found.join(', ') || 'nothing'}`, (t) => {
    t.deepEqual(ids(THREE, query), [...found]);
  });
}

test('a query returns at most 100 reports by default', (t) => {
  const history = historyOf(
    Array.from({ length: 150 }, () => ({})),
    200,
  );
  t.is(history.find({}).length, 100);
  t.is(history.find({ limit: 1000 }).length, 150);
});

for (const since of ['', 'yesterday', '2026-11', '2026-11-23T05:57:07', '2026-13-41', '12', '-1', 'a-1 ']) {
  test(`since ${JSON.stringify(since)} is rejected`, async (t) => {
    const error = { instanceOf: ConfigError, message: /^since: must be the id of a report, or a time .*, not "/ };
    t.throws(() => THREE.find({ since }), error);
    await t.throwsAsync(THREE.wait({ since }, 1000, never), error);
  });
}

test('the oldest reports are dropped, and all kept reports are later than a dropped one', (t) => {
  const history = historyOf([{}, {}, {}, {}], 2);
  t.deepEqual(ids(history), ['a-4', 'a-3']);
  t.deepEqual(ids(history, { since: 'a-1' }), ['a-4', 'a-3']);
});

test('a query that already matches does not wait', async (t) => {
  const clock = new ManualClock();
  const history = new History(10, clock);
  add(history, reportWith({ id: 'a-1' }));
  t.deepEqual(await history.wait({}, 1000, never), history.find({}));
  t.is(clock.started, 0);
});

test('a wait ends with the first report that matches, and not before', async (t) => {
  const clock = new ManualClock();
  const history = new History(10, clock);
  add(history, reportWith({ id: 'a-1', reason: REASONS.bad_header }));
  const waiting = history.wait({ reason: 'bad_header', since: 'a-1' }, 1000, never);
  add(history, reportWith({ id: 'a-2' }));
  const awaited = reportWith({ id: 'a-3', reason: REASONS.bad_header });
  add(history, awaited);
  add(history, reportWith({ id: 'a-4', reason: REASONS.bad_header }));
  t.deepEqual(read(await waiting), [awaited]);
  t.is(clock.timers, 0);
});

test('a wait since a future time skips reports that end before it', async (t) => {
  const history = new History(10, new ManualClock());
  const waiting = history.wait({ since: '2026-11-23T05:57:08Z' }, 1000, never);
  add(history, reportWith({ id: 'a-1', durationMs: 400 }));
  add(history, reportWith({ id: 'a-2', durationMs: 500 }));
  t.deepEqual(
    read(await waiting).map(({ id }) => id),
    ['a-2'],
  );
});

test('a wait that times out returns nothing', async (t) => {
  const clock = new ManualClock();
  const waiting = new History(10, clock).wait({}, 1000, never);
  clock.advance(1000);
  t.deepEqual(await waiting, []);
  t.deepEqual(await new History(10, clock).wait({}, 0, never), []);
  t.is(clock.timers, 0);
});

test('a wait ends when it is aborted, even before it starts', async (t) => {
  const clock = new ManualClock();
  const history = new History(10, clock);
  const abort = new AbortController();
  const waiting = history.wait({}, 1000, abort.signal);
  abort.abort();
  t.deepEqual(await waiting, []);
  t.is(clock.timers, 0);
  t.deepEqual(await history.wait({}, 1000, abort.signal), []);
  t.is(clock.started, 1);
});

test('many callers can wait on a history that keeps nothing', async (t) => {
  const history = new History(0, new ManualClock());
  const waiting = [1, 2, 3].map(() => history.wait({}, 1000, never));
  add(history, reportWith({ id: 'a-1' }));
  for (const found of await Promise.all(waiting))
    t.deepEqual(
      read(found).map(({ id }) => id),
      ['a-1'],
    );
  t.deepEqual(history.find({}), []);
});
