import test from 'ava';
import { TYPES } from './deck.js';
import { MOST_MEMORY, markdownOf, type Results, rowsOf, tableOf, titleOf } from './results.js';

const GOOD: Results = {
  minutes: 30,
  seed: 7,
  broker: '3.10.8',
  node: 'v20.19.0',
  libraries: [
    { name: 'amqplib 2.3.1', confirmed: 60_000, received: 50_000 },
    { name: 'rhea 3.0.5', confirmed: 40_000, received: 60_012 },
  ],
  messages: { published: 120_000, confirmed: 100_000, consumed: 110_000, duplicates: 12, lost: 0, corrupt: 0 },
  sessions: 5000,
  rudeClients: 4000,
  accepted: 9100,
  reported: 9100,
  repeated: 0,
  torn: 0,
  hits: new Map(TYPES.map((type) => [type, 3])),
  typesInScenarios: TYPES.length,
  kills: 3,
  restarts: 2,
  reloads: 11,
  rejected: 6,
  rotations: 2,
  requests: 1000,
  requestFailures: [],
  descriptors: { start: 30, end: 30 },
  rss: { start: 100 * 2 ** 20, end: 120 * 2 ** 20, peak: 150 * 2 ** 20 },
  loop: { p99: 12.4, max: 80.2 },
  linesLost: 0,
  logErrors: [],
  ended: 'exit code 0',
};
const broken = (change: Partial<Results>) => rowsOf({ ...GOOD, ...change }).flatMap((row) => row.broken ?? []);

test('a good run breaks no promise', (t) => {
  t.deepEqual(broken({}), []);
});

const { messages } = GOOD;
const BREAKS: readonly (readonly [what: string, change: Partial<Results>, says: RegExp])[] = [
  ['a lost message', { messages: { ...messages, lost: 1 } }, /lost/],
  ['a corrupt message', { messages: { ...messages, corrupt: 1 } }, /changed/],
  ['a run without messages', { messages: { ...messages, confirmed: 0 } }, /no message/],
  ['a library without messages', { libraries: [{ name: 'rhea 3', confirmed: 1, received: 0 }] }, /rhea 3 has not/],
  ['a connection without a report', { reported: 9099 }, /report/],
  ['a report too many', { reported: 9101 }, /report/],
  ['a run without connections', { accepted: 0, reported: 0 }, /no connection/],
  ['a repeated report', { repeated: 1 }, /repeated or torn/],
  ['a torn report', { torn: 1 }, /repeated or torn/],
  ['a fault type that never acted', { hits: new Map([...GOOD.hits, ['noop', 0]]) }, /did not act: noop$/],
  ['a failed request', { requestFailures: ['HTTP 500'] }, /HTTP 500/],
  ['an open descriptor', { descriptors: { start: 30, end: 31 } }, /descriptors/],
  ['too much memory', { rss: { start: 1, end: 1, peak: MOST_MEMORY * 2 ** 20 + 1 } }, /more than 512 MiB/],
  ['a dropped report', { linesLost: 1 }, /dropped/],
  ['an error in the log', { logErrors: ['the control API has failed'] }, /the control API has failed/],
  ['an exit code', { ended: 'exit code 1' }, /end/],
  ['an end by a signal', { ended: 'signal SIGABRT' }, /end/],
];

for (const [what, change, says] of BREAKS) {
  test(`${what} breaks one promise`, (t) => {
    const found = broken(change);
    t.is(found.length, 1);
    t.regex(found[0] ?? '', says);
  });
}

test('what the system does not say breaks no promise', (t) => {
  const unknown = { start: null, end: null };
  t.deepEqual(broken({ descriptors: unknown, rss: { ...unknown, peak: null } }), []);
});

test('the table has aligned columns and marks what is broken', (t) => {
  const lines = tableOf(rowsOf({ ...GOOD, reported: 9099 })).split('\n');
  t.true(lines.some((line) => /^messages confirmed {2,}100,000$/.test(line)));
  t.deepEqual(
    lines.filter((line) => line.endsWith('  BROKEN')).map((line) => line.split('  ')[0]),
    ['connections reported'],
  );
  t.is(new Set(lines.map((line) => /\S {2,}(?=\S)/.exec(line)?.[0].length !== undefined)).size, 1);
});

test('the Markdown table has the same rows', (t) => {
  const rows = rowsOf(GOOD);
  const lines = markdownOf(rows).split('\n');
  t.is(lines.length, rows.length + 2);
  t.true(lines.includes('| memory (RSS) at start, at end, and peak | 100 MiB, 120 MiB, 150 MiB |'));
});

test('the title says what was run', (t) => {
  t.is(titleOf(GOOD), '30 minutes, seed 7, RabbitMQ 3.10.8, Node.js 20.19.0');
});
