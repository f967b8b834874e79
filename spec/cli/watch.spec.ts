import { stripVTControlCharacters } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import type { Instance } from '../../lib/instance/instance.js';
import { columnsOf } from '../../lib/text/columns.js';
import { startControl } from '../support/control.js';
import { answer, fakeControl } from '../support/fake-control.js';
import { listening } from '../support/instance.js';
import { startProgram } from '../support/program.js';
import { until } from '../support/rabbitmq/until.js';
import { reportWith } from '../support/report.js';
import { startTerminal } from '../support/terminal.js';
import { dialWire } from '../support/wire.js';

// No connection may end because a busy machine is slow.
const CONFIG = 'listen: 127.0.0.1:0\nupstream: stand-in\nhandshakeTimeout: 10m';
const PATIENCE = 40_000;

const followed = (instance: Instance) => until(() => instance.followers === 1 || undefined, PATIENCE);

/** Makes a connection that sends some octets and ends. Without octets it is a health check. */
async function connect(t: ExecutionContext, instance: Instance, octets: string): Promise<void> {
  const wire = await dialWire(t, listening(instance.proxies.all[0]?.listen));
  if (octets === '') wire.fin();
  else await wire.send(octets);
  await wire.how();
}

for (const [title, env, isColored] of [
  ['in color', { NO_COLOR: '' }, true],
  ['without color if NO_COLOR is set', { NO_COLOR: '1' }, false],
] as const) {
  test.serial(`a terminal shows wrapped lines ${title}, and Ctrl-C prints a summary`, async (t) => {
    const { url, instance } = await startControl(t, CONFIG);
    const terminal = await startTerminal(t, ['watch', url], { columns: 80, env });
    t.true(await followed(instance));
    // It would clear the screen and change the color.
    await connect(t, instance, '\u001b[2J\u009b1m');
    await terminal.shows(/bad_header[\s\S]*\n/);
    terminal.press('\u0003');
    t.deepEqual(await terminal.ended, { code: 0, isRestored: true });

    const output = terminal.output().replaceAll('\r', '');
    // biome-ignore lint/complexity/useRegexLiterals: the linter refuses control characters in literals.
    t.is(new RegExp('\\x1b\\[3[0-9]m').test(output), isColored);
    t.notRegex(output.replaceAll(/\p{Cc}\[3\dm/gu, '').replaceAll('\n', ''), /\p{Cc}/u);
    const text = stripVTControlCharacters(output);
    t.regex(
      text,
      /^\d\d:\d\d:\d\dZ error {3}127\.0\.0\.1:\d+ +bad_header\n {10}The client sent 1b 5b 32 4a c2 9b 31 6d,/m,
    );
    t.true(text.split('\n').every((line) => columnsOf(line) <= 80));
    t.regex(text, /\n(\^C)?\n1 connection ended in .*: 1 error\.\n\ncount .*\n +1 +127\.0\.0\.1 +error +bad_header\n/);
  });
}

test.serial('watch prints only the reports that its flags select', async (t) => {
  const { url, instance } = await startControl(t, CONFIG);
  const watch = startProgram(t, [
    'watch',
    url,
    '--no-health-checks',
    '--client',
    '127.0.0.1',
    '--reason',
    'bad_header',
  ]);
  t.true(await followed(instance));
  await connect(t, instance, '');
  await connect(t, instance, 'amqp0091');
  await until(() => watch.stdout().includes('\n') || undefined, PATIENCE);
  watch.signal('SIGTERM');
  t.deepEqual(await watch.ended, { code: 0, signal: null });
  t.regex(
    watch.stdout(),
    /^\S+ error +\S+ +bad_header .*\n\n1 matching connection ended in .*: 1 error\.\n\ncount.*\n.* bad_header\n$/,
  );
});

test.serial('with --json there are only reports, one on each line', async (t) => {
  const { url, instance } = await startControl(t, CONFIG);
  const watch = startProgram(t, ['watch', url, '--json', '--health-checks']);
  t.true(await followed(instance));
  await connect(t, instance, 'amqp0091');
  await connect(t, instance, '');
  await until(() => watch.stdout().includes('\n') || undefined, PATIENCE);
  watch.signal('SIGINT');
  t.deepEqual(await watch.ended, { code: 0, signal: null });
  const reports = watch.stdout().trimEnd().split('\n');
  t.deepEqual(
    reports.map((line) => JSON.parse(line).reason.name),
    ['connection_closed_with_no_data_received'],
  );
});

test.serial('watch says that reports are missing, and hides control characters in JSON', async (t) => {
  const report = { ...reportWith(), proxy: 'a\u009b2Jb' };
  const url = await fakeControl(t, ({ url: path }, response) => {
    if (path !== '/events') return answer(response, 200, { amqp: {} });
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write('id: r-1\nevent: lost\ndata: {"lastEventId":"q-9"}\n\n');
    response.write(`id: r-2\nevent: report\ndata: ${JSON.stringify(report)}\n\n`);
  });
  const watch = startProgram(t, ['watch', url, '--json']);
  await until(() => watch.stdout().includes('\n') || undefined, PATIENCE);
  watch.signal('SIGINT');
  t.is((await watch.ended).code, 0);
  t.regex(watch.stderr(), /^rabbit-snare: some reports are missing here: .*\n$/);
  t.notRegex(watch.stdout().trimEnd(), /\p{Cc}/u);
  t.is(JSON.parse(watch.stdout()).proxy, report.proxy);
});

test.serial('a reason that does not exist is wrong usage', async (t) => {
  const watch = startProgram(t, ['watch', '--reason', 'bad-heder']);
  t.is((await watch.ended).code, 2);
  t.regex(watch.stderr(), /^rabbit-snare: --reason: there is no reason "bad-heder" \(did you mean "bad_header"\?\)/);
});
