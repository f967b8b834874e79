import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Report } from '../../lib/report/report.js';
import { acceptsConnections, LOCAL_BROKER } from '../../lib/running/broker-here.js';
import { type Running, startProgram, startRunning, temporaryDirectory } from '../support/program.js';
import { until } from '../support/rabbitmq/until.js';
import { HEADER } from '../support/relayed.js';
import { isDeaf } from '../support/server.js';
import { startUpstream } from '../support/upstream.js';
import { dialWire } from '../support/wire.js';

const lines = (text: string) => text.split('\n').filter((line) => line !== '');
const reportsIn = (text: string) => lines(text).map((line) => JSON.parse(line) as Report);

/** Waits until the program has written this many lines. */
async function linesOf(output: () => string, count: number): Promise<string[]> {
  const found = await until(() => lines(output()).length >= count && lines(output()), 10_000);
  if (found === undefined) throw new Error(`fewer than ${count} lines: ${output()}`);
  return found;
}

/** A client that is refused. */
async function refused(t: ExecutionContext, running: Running, octets = 'amqp0091'): Promise<void> {
  const client = await dialWire(t, running);
  await client.send(octets);
  t.is(await client.how(), 'rst');
}

test.serial('the ready file lists the listeners, and is removed at shutdown', async (t) => {
  const { port } = await startUpstream(t);
  const running = await startRunning(t, ['--upstream', `127.0.0.1:${port}`, '--control', '127.0.0.1:0']);
  const { ready, child } = running;
  t.deepEqual(Object.keys(ready), ['pid', 'proxies', 'control']);
  t.is(child.pid, ready.pid);
  t.deepEqual(ready.proxies, [{ name: 'amqp', listen: `127.0.0.1:${running.port}`, upstream: `127.0.0.1:${port}` }]);
  t.true(running.port > 0);
  t.regex(ready.control ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);
  t.is((await fetch(`${ready.control}/healthz`)).status, 200);
  t.is((await fetch(`${ready.control}/no-such-path`)).status, 404);
  await refused(t, running);
  running.signal('SIGTERM');
  t.deepEqual(await running.ended, { code: 0, signal: null });
  t.false(existsSync(running.readyFile));
});

test.serial('control: off is null in the ready file', async (t) => {
  t.is((await startRunning(t, ['--upstream', 'stand-in'])).ready.control, null);
});

test.serial(
  'the upstream auto is the broker on localhost:5672 if there is one, otherwise the stand-in, and is logged',
  async (t) => {
    const running = await startRunning(t, []);
    if (await acceptsConnections(LOCAL_BROKER)) {
      t.is(running.ready.proxies[0]?.upstream, 'localhost:5672');
      return;
    }
    t.is(running.ready.proxies[0]?.upstream, 'stand-in');
    t.regex(running.stderr(), /no broker on localhost:5672; using the built-in stand-in/);
  },
);

test.serial('the stand-in accepts a client, and is named in its report', async (t) => {
  const running = await startRunning(t, ['--upstream', 'stand-in', '--reports', '-']);
  const client = await dialWire(t, running);
  await client.send(HEADER);
  const start = await client.octets(100);
  t.true(start.includes('rabbit-snare stand-in'));
  client.fin();
  await client.how();
  const [report] = reportsIn((await linesOf(running.stdout, 1)).join('\n'));
  t.like(report, {
    upstream: 'stand-in',
    handshake: { serverProduct: 'rabbit-snare stand-in' },
    reason: { name: 'connection_closed_abruptly' },
    healthCheck: true,
    dialect: '3.6',
  });
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test.serial(`${signal} closes the listener, waits for open connections, and exits with 0`, async (t) => {
    const upstream = await startUpstream(t);
    const running = await startRunning(t, ['--upstream', `127.0.0.1:${upstream.port}`, '--drain-timeout', '30s']);
    const client = await dialWire(t, running);
    await client.send(HEADER);
    const broker = await upstream.next();
    await broker.octets(8);
    running.signal(signal);
    t.true(await until(() => running.stderr().includes(signal), 5_000));
    t.false(existsSync(running.readyFile));
    t.true(await isDeaf(running));
    await client.send('still here');
    await broker.octets(18);
    client.rst();
    t.deepEqual(await running.ended, { code: 0, signal: null });
    t.regex(running.stderr(), /stopped\n$/);
  });
}

test.serial('connections that are open after the drain timeout are reset, and the exit code is 0', async (t) => {
  const upstream = await startUpstream(t);
  const running = await startRunning(t, [
    '--upstream',
    `127.0.0.1:${upstream.port}`,
    '--drain-timeout',
    '200ms',
    '--reports',
    '-',
  ]);
  const client = await dialWire(t, running);
  await client.send(HEADER);
  const broker = await upstream.next();
  const silent = await dialWire(t, running);
  running.signal('SIGTERM');
  t.deepEqual([await client.how(), await broker.how(), await silent.how()], ['rst', 'rst', 'rst']);
  t.deepEqual(await running.ended, { code: 0, signal: null });
  t.deepEqual(
    reportsIn(running.stdout()).map(({ reason }) => reason.name),
    ['shutdown', 'shutdown'],
  );
});

test.serial('a second signal stops at once', async (t) => {
  const upstream = await startUpstream(t);
  const running = await startRunning(t, ['--upstream', `127.0.0.1:${upstream.port}`, '--drain-timeout', '10m']);
  const client = await dialWire(t, running);
  await client.send(HEADER);
  await upstream.next();
  running.signal('SIGTERM');
  t.true(await until(() => running.stderr().includes('SIGTERM'), 5_000));
  running.signal('SIGTERM');
  t.is(await client.how(), 'rst');
  t.deepEqual(await running.ended, { code: 0, signal: null });
});

test.serial('--reports - writes one line of JSON per connection to standard output, and nothing else', async (t) => {
  const running = await startRunning(t, ['--upstream', 'stand-in', '--reports', '-']);
  await refused(t, running, 'amqp0091');
  await refused(t, running, 'AMQP0091');
  await linesOf(running.stdout, 2);
  running.signal('SIGTERM');
  await running.ended;
  const reports = reportsIn(running.stdout());
  t.deepEqual(
    reports.map(({ reason }) => reason.term),
    ['{bad_header,<<"amqp0091">>}', '{bad_version,{48,48,57,49}}'],
  );
  t.is(new Set(reports.map(({ id }) => id)).size, 2);
  t.deepEqual(Object.keys(reports[0] ?? {}).slice(0, 13), [
    'id',
    'proxy',
    'at',
    'durationMs',
    'client',
    'via',
    'listen',
    'upstream',
    'decision',
    'stage',
    'dialect',
    'reason',
    'looksLike',
  ]);
});

test.serial('--reports FILE is appended to, within 100 ms of the end of a connection', async (t) => {
  const file = join(temporaryDirectory(t), 'reports.jsonl');
  const delays: number[] = [];
  for (let round = 0; round < 2; round++) {
    const running = await startRunning(t, ['--upstream', 'stand-in', '--reports', file]);
    for (let at = 0; at < 5; at++) {
      await refused(t, running);
      const count = 5 * round + at + 1;
      const written = await linesOf(() => readFileSync(file, 'utf8'), count);
      t.is(written.length, count);
      const { at: accepted, durationMs } = JSON.parse(written.at(-1) as string) as Report;
      // The time of the write, not of this check.
      delays.push(statSync(file).mtimeMs - (Date.parse(accepted) + durationMs));
    }
    running.signal('SIGTERM');
    await running.ended;
  }
  // A machine that stands still for a moment is not what this is about.
  const median = delays.toSorted((a, b) => a - b)[5] as number;
  t.true(median < 100, `${delays}`);
});

test.serial('reports of the last connections are written before the program exits', async (t) => {
  const file = join(temporaryDirectory(t), 'reports.jsonl');
  const running = await startRunning(t, ['--upstream', 'stand-in', '--reports', file, '--drain-timeout', '0s']);
  const clients = await Promise.all(Array.from({ length: 20 }, () => dialWire(t, running)));
  await Promise.all(clients.map((client) => client.send('AMQP')));
  running.signal('SIGTERM');
  t.deepEqual(await running.ended, { code: 0, signal: null });
  // Only connections that were accepted have a report.
  const names = reportsIn(readFileSync(file, 'utf8')).map(({ reason }) => reason.name);
  t.deepEqual(new Set(names), new Set(['shutdown']));
});

test.serial('the pretty log has one line per connection, on standard error', async (t) => {
  const running = await startRunning(t, ['--upstream', 'stand-in']);
  await refused(t, running);
  t.true(await until(() => running.stderr().includes('bad_header'), 5_000));
  const [line = '', ...more] = lines(running.stderr()).filter((each) => each.includes('amqp 127.0.0.1:'));
  t.deepEqual(more, []);
  t.regex(
    line,
    /^\d{4}-\d\d-\d\dT[\d:.]+Z error +amqp 127\.0\.0\.1:\d+ bad_header \{bad_header,<<"amqp0091">>\} refuse: /,
  );
  t.is(running.stdout(), '');
});

test.serial('the rabbitmq log has the two entries that a broker with the dialect writes', async (t) => {
  const flags = ['--upstream', 'stand-in', '--log-format', 'rabbitmq'];
  const running = await startRunning(t, [...flags, '--dialect', '3.10']);
  await refused(t, running);
  t.true(await until(() => running.stderr().includes('bad_header'), 5_000));
  const pid = '<0\\.\\d+\\.\\d+>';
  const stamp = '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{6}[+-]\\d\\d:\\d\\d';
  const name = `127\\.0\\.0\\.1:\\d+ -> 127\\.0\\.0\\.1:${running.port}`;
  t.regex(
    running.stderr(),
    new RegExp(`\\n${stamp} \\[info\\] ${pid} accepting AMQP connection ${pid} \\(${name}\\)\\n`),
  );
  t.regex(
    running.stderr(),
    new RegExp(
      `\\n${stamp} \\[error\\] ${pid} closing AMQP connection ${pid} \\(${name}\\):\\n${stamp} \\[error\\] ${pid} \\{bad_header,<<"amqp0091">>\\}\\n`,
    ),
  );
  const old = await startRunning(t, [...flags, '--dialect', '3.6']);
  await refused(t, old);
  t.true(await until(() => old.stderr().includes('bad_header'), 5_000));
  t.regex(
    old.stderr(),
    /\n\n=ERROR REPORT==== \d+-\w{3}-\d{4}::[\d:]{8} ===\nclosing AMQP connection <[\d.]+> \([^)]*\):\n\{bad_header,<<"amqp0091">>\}\n/,
  );
});

test.serial('the json log has one object per line', async (t) => {
  const running = await startRunning(t, ['--upstream', 'stand-in', '--log-format', 'json']);
  await refused(t, running);
  t.true(await until(() => running.stderr().includes('bad_header'), 5_000));
  running.signal('SIGTERM');
  await running.ended;
  const entries = lines(running.stderr()).map((line) => JSON.parse(line) as Record<string, unknown>);
  for (const { time, level, message } of entries) {
    t.is(new Date(time as string).toISOString(), time as string);
    t.true(['info', 'warning', 'error'].includes(level as string));
    t.is(typeof message, 'string');
  }
  t.like(
    entries.find(({ level }) => level === 'error'),
    { proxy: 'amqp', decision: 'refuse', reason: { name: 'bad_header' } },
  );
});

test.serial('--log-level none logs nothing, and warning omits lower severities', async (t) => {
  const silent = await startRunning(t, ['--upstream', 'stand-in', '--log-level', 'none']);
  await refused(t, silent);
  silent.signal('SIGTERM');
  t.deepEqual(await silent.ended, { code: 0, signal: null });
  t.is(silent.stderr() + silent.stdout(), '');

  const upstream = await startUpstream(t);
  // The default of maxConnections is a warning where it exceeds the open file limit.
  const flags = ['--log-level', 'warning', '--max-connections', '100'];
  const warning = await startRunning(t, ['--upstream', `127.0.0.1:${upstream.port}`, ...flags]);
  const client = await dialWire(t, warning);
  client.fin();
  await client.how();
  await refused(t, warning);
  warning.signal('SIGTERM');
  await warning.ended;
  const [line = '', ...more] = lines(warning.stderr());
  t.regex(line, /bad_header/);
  t.deepEqual(more, []);
});

test.serial('environment and file are read, and a flag overrides them', async (t) => {
  const running = await startRunning(t, ['--dialect', '4.0', '--reports', '-'], {
    RABBIT_SNARE_DIALECT: '3.10',
    RABBIT_SNARE_UPSTREAM: 'stand-in',
  });
  t.is(running.ready.proxies[0]?.upstream, 'stand-in');
  await refused(t, running);
  const [report] = reportsIn((await linesOf(running.stdout, 1)).join('\n'));
  t.is(report?.dialect, '4.0');
});

test.serial('an unusable certificate is exit code 2, and its key and file are named', async (t) => {
  const program = startProgram(t, [
    'run',
    '--tls-cert',
    '/none/cert.pem',
    '--tls-key',
    '/none/key.pem',
    '--control',
    'off',
  ]);
  t.deepEqual(await program.ended, { code: 2, signal: null });
  t.is(
    program.stderr(),
    'rabbit-snare: tls.cert of proxy amqp must be a readable file, not "/none/cert.pem": file not found\n' +
      'rabbit-snare: tls.key of proxy amqp must be a readable file, not "/none/key.pem": file not found\n',
  );
});
