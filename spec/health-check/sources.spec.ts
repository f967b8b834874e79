import test from 'ava';
import { healthCheckRows } from '../../lib/health-check/health-check-row.js';
import { Sources } from '../../lib/health-check/sources.js';
import type { Facts } from '../../lib/report/facts.js';
import { reportOf } from '../../lib/report/report-of.js';
import { ascii, protocolHeader } from '../support/bytes.js';
import { collectGarbage } from '../support/garbage.js';
import { REASONS } from '../support/reasons.js';
import { AT, ended, factsOf } from '../support/report.js';

const TEXT: Partial<Facts> = {
  reason: { name: 'bad_header', detail: 'other', octets: ascii('hello wo') },
  header: ascii('hello wo'),
  octets: { received: 11, sent: 8 },
};
const NO_DATA: Partial<Facts> = {
  decision: 'none',
  reason: REASONS.connection_closed_with_no_data_received,
  ended: ended('client', 'fin', 'rst'),
};
const HEADER_ONLY: Partial<Facts> = {
  decision: 'forward',
  reason: REASONS.connection_closed_abruptly,
  header: protocolHeader(0, 0, 9, 1),
  ended: ended('client', 'rst', null),
  upstream: '127.0.0.1:5672',
  hasStart: true,
  octets: { received: 8, sent: 500 },
};
/** An application that works for a while. */
const WORK: Partial<Facts> = {
  decision: 'forward',
  stage: 'closed',
  reason: REASONS.connection_closed,
  header: protocolHeader(0, 0, 9, 1),
  ended: ended('upstream', 'fin', 'rst'),
  connectionClose: { by: 'client', code: 200, name: null, text: '' },
  timing: { headerMs: 1, upstreamConnectMs: 2, startMs: 3, tuneMs: 4, tuneOkMs: 4.5, openMs: 5 },
  durationMs: 300,
  hasStart: true,
  hasStartOk: true,
  hasChannel: true,
};

/** A repeatable source of numbers from 0 to 1. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** The times of a check whose gaps vary by `jitter`. */
function everyMs(period: number, jitter: number, count: number, random: () => number, start = 0): number[] {
  const times: number[] = [];
  for (let time = start; times.length < count; time += period * (1 + jitter * (2 * random() - 1))) times.push(time);
  return times;
}

/** Random runs of each case. */
const SEEDS = 4;

/** Makes the reports of connections at these times, and returns them. */
const play = (sources: Sources, facts: Partial<Facts>, times: readonly number[], client = '10.0.0.7:1') =>
  times.map((time) => reportOf(factsOf({ ...facts, client, at: AT + time }), sources));

const rows = (sources: Sources) => healthCheckRows(sources.checks, {}, 1000).rows;

test('text every 10 s is a health check from the fifth connection on', (t) => {
  const sources = new Sources(10);
  const reports = play(sources, TEXT, [0, 10_003, 19_990, 30_010, 40_000, 50_020]);
  t.deepEqual(
    reports.map(({ healthCheck }) => healthCheck),
    [false, false, false, false, true, true],
  );
  for (const { healthCheckStyle, reason } of reports) {
    t.is(healthCheckStyle, 'text');
    t.is(reason.severity, 'error');
  }
  t.like(rows(sources), [{ source: '10.0.0.7', style: 'text', count: 6, established: true, periodMs: 10_003 }]);
  t.true(sources.recognizes('amqp', '10.0.0.7'));
});

test('connections that a fault or the proxy ended are ignored', (t) => {
  const sources = new Sources(10);
  const fault = { id: 'amqp/slow', name: 'slow', type: 'latency', at: 'start' };
  const [report] = play(sources, { ...NO_DATA, decision: 'fault', fault, faults: [fault] }, [0]);
  t.like(report, { healthCheck: false, healthCheckStyle: null, healthCheckOf: null });
  play(sources, { reason: REASONS.shutdown }, [1]);
  play(sources, NO_DATA, [10_000, 20_000, 30_000, 40_000, 50_000]);
  t.true(sources.recognizes('amqp', '10.0.0.7'));
});

test('a source that also works is not recognized, but its check is', (t) => {
  const sources = new Sources(10);
  play(sources, TEXT, [0, 10_000, 20_000, 30_000, 40_000]);
  t.true(sources.recognizes('amqp', '10.0.0.7'));
  t.false(sources.recognizes('other', '10.0.0.7'));
  t.false(sources.recognizes('amqp', '10.0.0.8'));
  play(sources, WORK, [41_000]);
  t.false(sources.recognizes('amqp', '10.0.0.7'));
  t.true(play(sources, TEXT, [50_000])[0]?.healthCheck);
});

test('an application that reconnects every 5 s and works is never a health check', (t) => {
  const sources = new Sources(10);
  const reports = play(sources, WORK, everyMs(5_000, 0, 200, randomOf(1)));
  t.false(reports.some(({ healthCheck }) => healthCheck));
  t.deepEqual(rows(sources), []);
});

test('connections at irregular times are never health checks', (t) => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = randomOf(seed);
    const sources = new Sources(10);
    const times: number[] = [];
    for (let time = 0; times.length < 200; time += -5_000 * Math.log(random())) times.push(time);
    const found = play(sources, TEXT, times).filter(({ healthCheck }) => healthCheck);
    t.is(found.length, 0, `seed ${seed}`);
  }
});

for (const [title, checks] of [
  ['one check of 5 s', [[5_000, 0]]],
  [
    'two checks of 5 s',
    [
      [5_000, 0],
      [5_000, 1_700],
    ],
  ],
  [
    'three checks of 5 s',
    [
      [5_000, 0],
      [5_000, 1_200],
      [5_000, 2_900],
    ],
  ],
  [
    'checks of 5 s and 7 s',
    [
      [5_000, 0],
      [7_000, 300],
    ],
  ],
  [
    'checks of 10 s and 30 s',
    [
      [10_000, 0],
      [30_000, 4_000],
    ],
  ],
] as const) {
  for (const jitter of [0, 0.02, 0.1]) {
    test(`${title} with a jitter of ${jitter * 100} % are distinguished, each with its period`, (t) => {
      for (let seed = 1; seed <= SEEDS; seed++) {
        const random = randomOf(seed);
        const sources = new Sources(10);
        const times = checks.flatMap(([period, start]) =>
          everyMs(period, jitter, Math.floor(1_800_000 / period), random, start),
        );
        play(
          sources,
          HEADER_ONLY,
          times.sort((one, other) => one - other),
        );
        const found = rows(sources).map(({ periodMs }) => periodMs ?? 0);
        found.sort((one, other) => one - other);
        t.is(found.length, checks.length, `seed ${seed}: ${found}`);
        for (const [at, [period]] of checks.entries()) {
          t.true(Math.abs((found[at] as number) / period - 1) < 0.05, `seed ${seed}: ${found}`);
        }
      }
    });
  }
}

test('different styles of one source are different checks', (t) => {
  const sources = new Sources(10);
  for (const at of [0, 1, 2, 3, 4, 5]) {
    play(sources, NO_DATA, [5_000 * at]);
    play(sources, HEADER_ONLY, [7_000 * at + 1]);
  }
  const found = rows(sources).map(({ style, periodMs }) => [style, periodMs]);
  t.deepEqual(found, [
    ['header_only', 7_000],
    ['no_data', 5_000],
  ]);
});

test('connections that were reset before accept are those of an unknown source', (t) => {
  const sources = new Sources(10);
  for (const at of [0, 1, 2, 3, 4]) {
    reportOf(factsOf({ ...NO_DATA, client: null, ended: ended('client', 'rst', null), at: AT + 2_000 * at }), sources);
  }
  t.like(rows(sources), [
    { source: null, style: 'no_data_reset', established: true, periodMs: 2_000, broker: { level: null, entries: 0 } },
  ]);
});

test('the source that was not seen for longest is dropped for a new one, and counted', (t) => {
  const sources = new Sources(2);
  for (const [at, client] of ['10.0.0.1:1', '10.0.0.2:1', '10.0.0.1:2', '[2001:db8::3]:1'].entries()) {
    play(sources, NO_DATA, [at], client);
  }
  t.deepEqual(
    rows(sources).map(({ source, count }) => [source, count]),
    [
      ['10.0.0.1', 2],
      ['2001:db8::3', 1],
    ],
  );
  t.is(sources.dropped, 1);
});

test('a check that pauses keeps its period and its count', (t) => {
  const sources = new Sources(10);
  const before = everyMs(5_000, 0.02, 40, randomOf(1));
  play(sources, HEADER_ONLY, before);
  play(sources, HEADER_ONLY, everyMs(5_000, 0.02, 40, randomOf(2), 3_600_000));
  const [row, ...others] = rows(sources);
  t.deepEqual(others, []);
  t.true(row?.established);
  t.is(row?.count, 80);
  t.true(Math.abs((row?.periodMs ?? 0) / 5_000 - 1) < 0.05);
});

test('a check that changes its period is found again', (t) => {
  const sources = new Sources(10);
  play(sources, HEADER_ONLY, everyMs(5_000, 0.02, 100, randomOf(1)));
  play(sources, HEADER_ONLY, everyMs(10_000, 0.02, 100, randomOf(2), 500_000));
  const [row, ...others] = rows(sources);
  t.deepEqual(others, []);
  t.true(row?.established);
  t.true(Math.abs((row?.periodMs ?? 0) / 10_000 - 1) < 0.05, `${row?.periodMs}`);
});

test('a row says what the broker logs, and how much that is in a day', (t) => {
  const sources = new Sources(10);
  play(sources, HEADER_ONLY, everyMs(2_000, 0, 10, randomOf(1)), '10.0.0.1:1');
  play(sources, NO_DATA, everyMs(1_000, 0, 10, randomOf(1)), '10.0.0.2:1');
  const [first, second] = rows(sources);
  // RabbitMQ 3.6: a blank line, a heading, and one or two lines of text.
  t.like(first, {
    source: '10.0.0.1',
    broker: {
      reason: 'connection_closed_abruptly',
      level: 'warning',
      entries: 2,
      entriesPerDay: 86_400,
      linesPerDay: 302_400,
      debug: { entries: 2, entriesPerDay: 86_400 },
    },
  });
  t.regex(first?.advice ?? '', /tcp-check/);
  t.like(second, {
    source: '10.0.0.2',
    broker: {
      level: 'debug',
      entries: 0,
      entriesPerDay: 0,
      linesPerDay: 0,
      debug: { entries: 2, entriesPerDay: 172_800 },
    },
  });
});

test('200 checks of 5 s for half an hour: all periods are right, and the memory that they take does not grow', (t) => {
  const random = randomOf(7);
  const sources = new Sources(1000);
  const next = Array.from({ length: 200 }, () => 5_000 * random());
  const facts = factsOf(HEADER_ONLY);
  const playUntil = (from: number, end: number): void => {
    for (let now = from; now < end; now += 5_000) {
      for (const [at, time] of next.entries()) {
        if (time >= now + 5_000) continue;
        sources.observe({ ...facts, client: `10.0.0.${at}:1`, at: AT + time }, 'header_only');
        next[at] = time + 5_000 * (0.9 + 0.2 * random());
      }
    }
  };
  playUntil(0, 900_000);
  collectGarbage();
  const { heapUsed } = process.memoryUsage();
  playUntil(900_000, 1_800_000);
  collectGarbage();
  t.true(process.memoryUsage().heapUsed - heapUsed < 500_000);
  const found = rows(sources);
  t.is(found.length, 200);
  for (const { periodMs, established, count } of found) {
    t.true(established);
    t.true(count > 300);
    t.true(Math.abs((periodMs ?? 0) / 5_000 - 1) < 0.05, `${periodMs}`);
  }
});
