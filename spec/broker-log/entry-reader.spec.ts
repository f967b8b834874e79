import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import fc from 'fast-check';
import { EntryReader, type ReadEntry } from '../../lib/broker-log/entry-reader.js';
import type { LogEntry } from '../../lib/explain/log-entry.js';
import { FORMATS, type Format, INNER_WRAPS, OUTER_WRAPS, type Timed, type Wrap } from '../support/log-formats.js';

const NOW = Date.UTC(2026, 10, 28);
const MORNING = Date.UTC(2026, 5, 3, 8, 0, 5);

/** Every entry that a broker of the golden corpora wrote, with the addresses of a real one. */
const corpus: readonly Pick<Timed, 'level' | 'text'>[] = [
  ...new Map(
    readdirSync('spec/fixtures/golden')
      .filter((name) => name.startsWith('rabbitmq-'))
      .flatMap((name) => JSON.parse(readFileSync(`spec/fixtures/golden/${name}`, 'utf8')).cases)
      .flatMap(({ outcomes }) => outcomes)
      .flatMap(({ log }) => log)
      .map(({ level, text }) => {
        const written = text
          .replaceAll('CLIENT -> SERVER', '10.0.0.7:50122 -> 10.0.0.2:5672')
          .replaceAll(/<(?:reader|pid)>/g, '<0.748.0>')
          .trim();
        return [written, { level, text: written }] as const;
      }),
  ).values(),
];

function read(log: string | Uint8Array, sizes: readonly number[] = []): { reader: EntryReader; entries: ReadEntry[] } {
  const entries: ReadEntry[] = [];
  const reader = new EntryReader((entry) => entries.push(entry), NOW);
  const bytes = typeof log === 'string' ? Buffer.from(log) : log;
  let from = 0;
  for (const size of sizes) {
    reader.push(bytes.subarray(from, from + size));
    from += size;
  }
  reader.push(bytes.subarray(from));
  reader.end();
  return { reader, entries };
}

const withoutPid = (entries: readonly ReadEntry[]): LogEntry[] =>
  entries.map(({ at, level, text }) => ({ at, level, text }));

/** Entries as the log of 3.6 has them: levels are headings. */
const expected = (entries: readonly Timed[], format: string): LogEntry[] =>
  entries.map(({ at, level, text }) => ({
    at,
    level: format === '3.6' && level === 'debug' ? 'info' : level,
    text,
  }));

const write = (entries: readonly Timed[], format: Format, wraps: readonly Wrap[], end: string): string =>
  entries
    .flatMap((entry) =>
      format(entry).map((line) => wraps.reduce((wrapped, wrap) => wrap(wrapped, entry.at), line) + end),
    )
    .join('');

for (const [name, format] of Object.entries(FORMATS)) {
  test(`every entry of the golden corpora is read from the format ${name}, in any wrapping`, (t) => {
    const entries = corpus.map((entry, at) => ({ ...entry, at: MORNING + at * 1000 }));
    for (const [inner, wrapInner] of Object.entries(INNER_WRAPS)) {
      for (const [outer, wrapOuter] of Object.entries(OUTER_WRAPS)) {
        const { reader, entries: got } = read(write(entries, format, [wrapInner, wrapOuter], '\n'));
        const [found, written] = [withoutPid(got), expected(entries, name)];
        const at = written.findIndex((entry, index) => JSON.stringify(entry) !== JSON.stringify(found[index]));
        // Only the first one that differs, which is enough to read.
        t.deepEqual(found[at], written[at], `${inner}, ${outer}`);
        t.is(found.length, written.length);
        t.is(reader.others, 0);
      }
    }
  });
}

test('the same entries are read wherever the chunks are split', (t) => {
  const log = fc.record({
    entries: fc.array(fc.constantFrom(...corpus), { minLength: 1, maxLength: 6 }),
    format: fc.constantFrom(...Object.keys(FORMATS)),
    inner: fc.constantFrom(...Object.keys(INNER_WRAPS)),
    outer: fc.constantFrom(...Object.keys(OUTER_WRAPS)),
    end: fc.constantFrom('\n', '\r\n'),
    sizes: fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 20 }),
  });
  fc.assert(
    fc.property(log, ({ entries: chosen, format, inner, outer, end, sizes }) => {
      const entries = chosen.map((entry, at) => ({ ...entry, at: MORNING + at * 1000 }));
      const wraps = [INNER_WRAPS[inner], OUTER_WRAPS[outer]] as Wrap[];
      const written = write(entries, FORMATS[format] as Format, wraps, end);
      t.deepEqual(withoutPid(read(written, sizes).entries), expected(entries, format));
    }),
    { numRuns: 300 },
  );
});

const TIME = '2026-06-03 08:00:05.000456+00:00';
const ENDS = '10.0.0.7:50122 -> 10.0.0.2:5672';
const CLOSING = `closing AMQP connection <0.748.0> (${ENDS}):`;
const bad = { at: MORNING, level: 'error', pid: '<0.748.0>', text: `${CLOSING}\n{bad_header,<<"amqp0091">>}` } as const;

test('the lines of several nodes in one file are distinguished', (t) => {
  const of = (name: string, at: string) => [
    `${name} | ${at} [error] <0.748.0> ${CLOSING}`,
    `${name} | {bad_header,<<"${name}">>}`,
  ];
  const [one, two] = [of('rabbit-1', '2026-06-03 08:00:05.000'), of('rabbit-2', '2026-06-03 08:00:05.000')];
  const { entries } = read([one[0], two[0], one[1], two[1]].join('\n'));
  t.deepEqual(
    entries.map(({ text }) => text),
    ['rabbit-1', 'rabbit-2'].map((name) => `${CLOSING}\n{bad_header,<<"${name}">>}`),
  );
});

test('mixed entries with a prefix on each line are distinguished without a name', (t) => {
  const lines = (pid: string) => [
    `${TIME} [error] ${pid} ${CLOSING}`,
    `${TIME} [error] ${pid} {bad_header,<<"${pid}">>}`,
  ];
  const [one, two] = [lines('<0.1.0>'), lines('<0.2.0>')];
  const { entries } = read([one[0], two[0], one[1], two[1]].join('\n'));
  t.deepEqual(
    entries.map(({ text }) => text.split('\n')[1]),
    ['{bad_header,<<"<0.1.0>">>}', '{bad_header,<<"<0.2.0>">>}'],
  );
});

test('two entries with the same prefix are two entries', (t) => {
  const prefix = `${TIME} [info] <0.748.0>`;
  const { entries } = read(
    `${prefix} accepting AMQP connection ${ENDS}\n${prefix} connection ${ENDS}: user 'app' authenticated and granted access to vhost '/'\n`,
  );
  t.is(entries.length, 2);
});

test('single_line and rsyslog put the reason on the line of its entry', (t) => {
  for (const log of [
    `${TIME} [error] <0.748.0> ${CLOSING}, {bad_header,<<"amqp0091">>}`,
    `<131>Jun  3 08:00:05 broker rabbitmq[1]: ${TIME} [error] <0.748.0> ${CLOSING}#012{bad_header,<<"amqp0091">>}`,
  ])
    t.deepEqual(read(log).entries, [bad], log);
});

test("RabbitMQ's own syslog and journal entries have no prefix of RabbitMQ", (t) => {
  const own = { ...bad, pid: null };
  for (const log of [
    `<131>Jun  3 08:00:05 broker rabbitmq[1]: ${CLOSING}#012{bad_header,<<"amqp0091">>}`,
    `<131>1 2026-06-03T08:00:05.000Z broker rabbitmq 1 - - ${CLOSING}#012{bad_header,<<"amqp0091">>}`,
    JSON.stringify({ MESSAGE: bad.text, PRIORITY: '3', _HOSTNAME: 'broker', __REALTIME_TIMESTAMP: `${MORNING}000` }),
  ])
    t.deepEqual(read(log).entries, [own], log);
  const indented = `Jun 03 08:00:05 broker rabbitmq[1]: ${CLOSING}\n${' '.repeat(36)}{bad_header,<<"amqp0091">>}`;
  t.deepEqual(read(indented).entries, [{ ...own, level: null }]);
});

test('lines of 16 KiB that Docker and Kubernetes split are joined', (t) => {
  const line = `${TIME} [error] <0.748.0> ${CLOSING}, {bad_header,<<"amqp0091">>}`;
  const time = '2026-06-03T08:00:05.1Z';
  const docker = (log: string) => JSON.stringify({ log, stream: 'stdout', time });
  for (const log of [
    `${docker(line.slice(0, 50))}\n${docker(`${line.slice(50)}\n`)}`,
    `${time} stdout P ${line.slice(0, 50)}\n${time} stdout F ${line.slice(50)}`,
  ])
    t.deepEqual(read(log).entries, [bad], log);
});

test('an unknown prefix is no obstacle', (t) => {
  for (const log of [
    `some-tool v1.2 >> ${TIME} [error] <0.748.0> ${CLOSING}\nsome-tool v1.2 >> ${TIME} [error] <0.748.0> {bad_header,<<"amqp0091">>}`,
    `rabbitmq-0 rabbitmq ${TIME} [error] <0.748.0> ${CLOSING}\nrabbitmq-0 rabbitmq ${TIME} [error] <0.748.0> {bad_header,<<"amqp0091">>}`,
    `2026-06-03T08:00:06Z {app="rabbitmq", pod="rabbitmq-0"} ${TIME} [error] <0.748.0> ${CLOSING}, {bad_header,<<"amqp0091">>}`,
  ])
    t.deepEqual(read(log).entries, [bad], log);
  const [own] = read(`03.06.26 08:00 ERROR ${CLOSING}\n03.06.26 08:00 ERROR {bad_header,<<"amqp0091">>}`).entries;
  t.like(own, { level: 'error', text: bad.text });
});

test('the log of a file that begins or ends in an entry is read', (t) => {
  t.deepEqual(read('{bad_header,<<"amqp0091">>}\n').entries, []);
  const { entries } = read(`${TIME} [error] <0.748.0> ${CLOSING}`);
  t.deepEqual(
    entries.map(({ text }) => text),
    [CLOSING],
  );
});

test('lines of other programs are counted and kept out', (t) => {
  const { reader, entries } = read(
    [
      `${TIME} [error] <0.748.0> ${CLOSING}`,
      `${TIME} [error] <0.748.0> {bad_header,<<"amqp0091">>}`,
      'postgres: ready',
      '',
      '{"a": 1}',
    ].join('\n'),
  );
  t.deepEqual(entries, [bad]);
  t.is(reader.others, 2);
  t.is(reader.lines, 4);
});

test('garbage, a line of 10 MB and bytes that are not UTF-8 do no harm', (t) => {
  const line = (text: string) => `${TIME} [error] <0.748.0> ${text}\n`;
  const noise = Buffer.alloc(
    300_000,
    Uint8Array.from({ length: 257 }, (_, at) => (at * 7) % 256),
  );
  const log = Buffer.concat([
    noise,
    Buffer.from('\n'),
    Buffer.from(line('x'.repeat(10_000_000))),
    Buffer.from(`${TIME} [error] <0.748.0> closing AMQP connection <0.1.0> (`),
    Buffer.from([0xff, 0xfe, 0xc3]),
    Buffer.from('):\n'),
    Buffer.from(line(CLOSING)),
    Buffer.from(line('{bad_header,<<"amqp0091">>}')),
  ]);
  for (const sizes of [[], [100_000, 3, 5_000_000, 70_000]]) {
    const { reader, entries } = read(log, sizes);
    t.deepEqual(entries.at(-1), bad);
    t.is(reader.cut, 1);
    for (const { text } of entries) t.true(text.length <= 256 * 1024);
  }
});

test('nothing makes the reader throw, and what it keeps is bounded', (t) => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.constantFrom(
            Buffer.from('{"log":"'),
            Buffer.from('\n'),
            Buffer.from(`${TIME} [error] `),
            Buffer.from('<131>1 - - - - - ['),
            Buffer.from('=ERROR REPORT===='),
          ),
        ),
      ),
      (chunks) => {
        const reader = new EntryReader(() => {}, NOW);
        for (const chunk of chunks) reader.push(chunk);
        reader.end();
        t.true(reader.others <= reader.lines);
      },
    ),
    { numRuns: 300 },
  );
});
