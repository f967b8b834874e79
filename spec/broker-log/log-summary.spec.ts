import test from 'ava';
import { LogSummarizer, type LogSummary } from '../../lib/broker-log/log-summary.js';

const NOW = Date.UTC(2026, 10, 28);
const MORNING = Date.UTC(2026, 5, 3, 8);

/** A log of RabbitMQ 4. */
class Log {
  private readonly parts: string[] = [];

  add(at: number, level: string, pid: string, text: string): this {
    const iso = new Date(at).toISOString();
    const prefix = `${iso.slice(0, 10)} ${iso.slice(11, 23)}000+00:00 [${level}] ${pid} `;
    this.parts.push(`${prefix}${text.replaceAll('\n', `\n${prefix}`)}\n`);
    return this;
  }

  connection(at: number, client: string, level: string, reason: string): this {
    const ends = `${client} -> 10.0.0.2:5672`;
    const pid = `<0.${this.parts.length}.0>`;
    this.add(at, 'info', pid, `accepting AMQP connection ${ends}`);
    return this.add(at + 1, level, pid, `closing AMQP connection ${pid} (${ends}, duration: '1ms'):\n${reason}`);
  }

  summary(top = 20, most?: number): LogSummary {
    const log = new LogSummarizer(NOW, most);
    for (const part of this.parts) log.push(Buffer.from(part));
    log.end();
    return log.result(top);
  }
}

const LOST = 'client unexpectedly closed TCP connection';

test('reasons are counted by source, and the most frequent ones that are not normal are first', (t) => {
  const log = new Log();
  for (let n = 0; n < 3; n++)
    log.connection(MORNING + n * 7919, `10.0.0.8:5000${n}`, 'error', '{bad_header,<<"GET / HT">>}');
  for (let n = 0; n < 9; n++)
    log.connection(
      MORNING + n * n * 1000,
      `[2001:db8::1]:6000${n}`,
      'debug',
      'connection_closed_with_no_data_received',
    );
  log.connection(MORNING, '10.0.0.8:7000', 'warning', LOST);
  const summary = log.summary();
  t.deepEqual(
    summary.sources.map(({ source, count, explanation }) => [source, count, explanation.reason]),
    [
      ['10.0.0.8', 3, 'bad_header'],
      ['10.0.0.8', 1, 'connection_closed_abruptly'],
      ['2001:db8::1', 9, 'connection_closed_with_no_data_received'],
    ],
  );
  t.like(summary, {
    lines: 39,
    entries: 26,
    connectionEntries: 26,
    otherLines: 0,
    connections: { accepted: 13, closed: 13 },
  });
  t.like(summary.sources[0], { level: 'error', first: '2026-06-03T08:00:00.001Z', last: '2026-06-03T08:00:15.839Z' });
  t.is(summary.sources[0]?.explanation.client, '10.0.0.8:50000');
  t.is(summary.sources[0]?.explanation.looksLike?.what, 'http');
  t.is(summary.from, '2026-06-03T08:00:00.000Z');
});

test('the periods of interleaved checks of a source are found', (t) => {
  const log = new Log();
  const times = [
    ...Array.from({ length: 60 }, (_, n) => n * 5000),
    ...Array.from({ length: 10 }, (_, n) => n * 30_000 + 1700),
  ];
  for (const [n, time] of times.sort((one, other) => one - other).entries())
    log.connection(MORNING + time, `10.0.0.7:${40_000 + n}`, 'warning', LOST);
  const [row] = log.summary().sources;
  t.is(row?.count, 70);
  const [fast, slow, ...others] = row?.periods ?? [];
  t.is(fast?.periodMs, 5000);
  t.is(slow?.periodMs, 30_000);
  t.deepEqual(others, []);
});

test('an entry about an error and the closing entry after it are one connection', (t) => {
  const ends = '10.0.0.7:50122 -> 10.0.0.2:5672';
  const summary = new Log()
    .add(MORNING, 'info', '<0.1.0>', `accepting AMQP connection ${ends}`)
    .add(MORNING, 'warning', '<0.1.0>', "User 'app' failed to authenticate: user 'app' - invalid credentials")
    .add(MORNING, 'debug', '<0.1.0>', "User 'app' failed authentication by backend rabbit_auth_backend_internal")
    .add(
      MORNING,
      'error',
      '<0.1.0>',
      `Error on AMQP connection <0.1.0> (${ends}, state: starting):\nPLAIN login refused: user 'app' - invalid credentials`,
    )
    .add(MORNING, 'info', '<0.1.0>', `closing AMQP connection (${ends}, duration: '8ms')`)
    .summary();
  t.deepEqual(
    summary.sources.map(({ source, count, explanation }) => [source, count, explanation.name]),
    [['10.0.0.7', 1, 'login_refused']],
  );
  t.deepEqual(summary.connections, { accepted: 1, closed: 1 });
});

test('a refused login without a connection has no source', (t) => {
  const summary = new Log()
    .add(MORNING, 'warning', '<0.1.0>', "User 'app' failed to authenticate: user 'app' - invalid credentials")
    .summary();
  t.like(summary.sources[0], { source: null, count: 1 });
});

test('each source has its own explanation, although explanations are remembered', (t) => {
  const summary = new Log()
    .connection(MORNING, '10.0.0.7:1', 'error', '{bad_header,<<"GET / HT">>}')
    .connection(MORNING, '10.0.0.8:2', 'error', '{bad_header,<<"GET / HT">>}')
    .connection(MORNING, '10.0.0.9:3', 'error', '{bad_header,<<22,3,1,2,0,1,0,1>>}')
    .summary();
  t.deepEqual(
    summary.sources.map(({ explanation: { client, looksLike } }) => [client, looksLike?.what]),
    [
      ['10.0.0.7:1', 'http'],
      ['10.0.0.8:2', 'http'],
      ['10.0.0.9:3', 'tls'],
    ],
  );
});

test('of very many sources the frequent ones are kept, and every connection is counted', (t) => {
  const log = new Log();
  for (let n = 0; n < 500; n++) {
    log.connection(MORNING + n, `10.1.${n >> 8}.${n & 255}:1000`, 'warning', LOST);
    if (n % 5 === 0) log.connection(MORNING + n, `10.0.0.7:${n}`, 'error', '{bad_version,{0,9,1,0}}');
  }
  const { sources, others } = log.summary(10, 50);
  t.like(sources[0], { source: '10.0.0.7', count: 100 });
  t.is(sources.length, 10);
  t.deepEqual(others, [{ name: 'connection_closed_abruptly', count: 500 - 9 }]);
});

test('entries about connections that are not known are counted, with an example of each kind', (t) => {
  const unknown = (n: number) =>
    `closing AMQP connection <0.${n}.0> (10.0.0.7:${n} -> 10.0.0.2:5672):\n{something_new,${n}}`;
  const log = new Log();
  for (let n = 1; n < 4; n++) log.add(MORNING, 'error', `<0.${n}.0>`, unknown(n));
  const { unexplained, sources } = log.summary();
  t.deepEqual(unexplained, { count: 3, examples: [unknown(1)] });
  t.deepEqual(sources, []);
});
