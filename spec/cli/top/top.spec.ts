import test from 'ava';
import type { Instance } from '../../../lib/instance/instance.js';
import { startControl } from '../../support/control.js';
import { answer, fakeControl } from '../../support/fake-control.js';
import { freePort } from '../../support/free-port.js';
import { listening, makeInstance } from '../../support/instance.js';
import { startProgram } from '../../support/program.js';
import { until } from '../../support/rabbitmq/until.js';
import { lastScreen, modesAfter, startTerminal, type Terminal } from '../../support/terminal.js';
import { dialWire } from '../../support/wire.js';

// No connection may end because a busy machine is slow.
const CONFIG = 'listen: 127.0.0.1:0\nupstream: stand-in\nhandshakeTimeout: 10m';
const [NORMAL, FULL] = [
  { alternate: false, cursor: true, wrap: true },
  { alternate: true, cursor: false, wrap: false },
];
const [CTRL_C, CTRL_D] = ['\u0003', '\u0004'];
const FAST = ['--interval', '100ms'];

/** Makes a connection that the proxy refuses. */
async function refuse(t: Parameters<typeof dialWire>[0], instance: Instance): Promise<void> {
  const wire = await dialWire(t, listening(instance.proxies.all[0]?.listen));
  await wire.send('amqp0091');
  await wire.how();
}

/** Waits until the last screen matches. */
async function screen(terminal: Terminal, what: RegExp): Promise<readonly string[]> {
  const found = await until(() => {
    const lines = lastScreen(terminal.output());
    return what.test(lines.join('\n')) ? lines : undefined;
  }, 40_000);
  if (found === undefined) throw new Error(`no screen with ${what}: ${lastScreen(terminal.output()).join('\n')}`);
  return found;
}

test.serial('top shows what happens, follows the size of the window, and q restores the terminal', async (t) => {
  const { url, instance, call } = await startControl(t, CONFIG);
  const terminal = await startTerminal(t, ['top', url, ...FAST]);
  await screen(terminal, /Nothing is broken on purpose\.[\s\S]*q quit/);
  t.deepEqual(modesAfter(terminal.output()), FULL);

  await refuse(t, instance);
  t.is((await screen(terminal, /^in all +1 +1 +0 +1 [\s\S]*^ +1 +bad_header [\s\S]*live$/m)).length, 24);
  await call('POST', '/faults', { type: 'amqp_close', name: 'cut', attributes: { at: 'open' } });
  await screen(terminal, /Broken on purpose: 1 fault\.[\s\S]*0 +amqp\/cut +on +amqp_close\r?\n/);

  await terminal.resize(100, 40);
  const larger = await screen(terminal, /^q quit.{80,} live$/m);
  t.deepEqual([larger.length, larger.at(-1)?.length], [40, 100]);

  terminal.press('q');
  t.deepEqual(await terminal.ended, { code: 0, isRestored: true });
  t.deepEqual(modesAfter(terminal.output()), NORMAL);
});

test.serial('a signal ends top and restores the terminal', async (t) => {
  const { url } = await startControl(t, CONFIG);
  const terminal = await startTerminal(t, ['top', url]);
  await terminal.shows(/q quit/);
  terminal.signal('SIGTERM');
  t.deepEqual(await terminal.ended, { code: 0, isRestored: true });
  t.deepEqual(modesAfter(terminal.output()), NORMAL);
});

test.serial('top ends when its terminal goes away', async (t) => {
  const { url } = await startControl(t, CONFIG);
  const terminal = await startTerminal(t, ['top', url, ...FAST]);
  await terminal.shows(/q quit/);
  terminal.hangUp();
  t.true(await until(() => !terminal.isRunning() || undefined, 20_000));
});

test.serial('p stops and continues the updates, s sorts the sources, and Ctrl-D quits', async (t) => {
  const { url, instance } = await startControl(t, CONFIG);
  const terminal = await startTerminal(t, ['top', url, ...FAST]);
  await screen(terminal, /by log entries.* live$/);
  terminal.press('\u001b[A');
  terminal.press('ps');
  await screen(terminal, /p continue .*by connections.* paused$/);
  await refuse(t, instance);
  terminal.press('s');
  await screen(terminal, /^in all +0 [\s\S]*p continue .*by last seen.* paused$/m);
  terminal.press('p');
  await screen(terminal, /^in all +1 [\s\S]*p pause .*by last seen.* live$/m);
  terminal.press(CTRL_D);
  t.deepEqual(await terminal.ended, { code: 0, isRestored: true });
});

test.serial(
  'top says that the instance is gone, keeps its last answer and finds it again, and Ctrl-C quits',
  async (t) => {
    const port = await freePort();
    const config = `${CONFIG}\ncontrol: 127.0.0.1:${port}`;
    const first = makeInstance(t, config).instance;
    await first.start();
    const terminal = await startTerminal(t, ['top', `http://127.0.0.1:${port}`, ...FAST]);
    await screen(terminal, /^in all +0 [\s\S]*live$/m);
    await refuse(t, first);
    await screen(terminal, /^in all +1 [\s\S]*live$/m);
    await first.stop(0);
    await screen(terminal, /^Not live: [\s\S]*^in all +1 [\s\S]*live$/m);
    const second = makeInstance(t, config).instance;
    await second.start();
    await screen(terminal, /^rabbit-snare [\s\S]*^in all +0 [\s\S]*live$/m);
    terminal.press(CTRL_C);
    t.deepEqual(await terminal.ended, { code: 0, isRestored: true });
  },
);

test.serial('q works while the instance does not answer', async (t) => {
  const { url, instance } = await startControl(t, CONFIG);
  let isAnswering = true;
  const asked: string[] = [];
  const slow = await fakeControl(t, async ({ url: path = '' }, response) => {
    if (isAnswering) answer(response, 200, await (await fetch(`${url}${path}`)).json());
    else asked.push(path);
  });
  const terminal = await startTerminal(t, ['top', slow, ...FAST]);
  await screen(terminal, /live$/);
  isAnswering = false;
  t.true(await until(() => asked.includes('/overview') || undefined, 20_000));
  terminal.press('q');
  t.deepEqual(await terminal.ended, { code: 0, isRestored: true });
  t.is(instance.connections, 0);
});

test.serial('an error in the program itself restores the terminal before it is printed', async (t) => {
  const { url } = await startControl(t, CONFIG);
  let count = 0;
  const wrong = await fakeControl(t, async ({ url: path = '' }, response) => {
    const right = (await (await fetch(`${url}${path}`)).json()) as object;
    if (path === '/overview') count += 1;
    answer(response, 200, path === '/overview' && count > 1 ? { ...right, proxies: null } : right);
  });
  const terminal = await startTerminal(t, ['top', wrong, ...FAST]);
  t.deepEqual(await terminal.ended, { code: 1, isRestored: true });
  t.regex(terminal.output(), /q quit[\s\S]*\p{Cc}\[\?1049l[\s\S]*TypeError/u);
  t.deepEqual(modesAfter(terminal.output()), NORMAL);
});

test.serial('an instance that cannot be reached at first is an error, and the terminal stays as it is', async (t) => {
  const terminal = await startTerminal(t, ['top', `http://127.0.0.1:${await freePort()}`]);
  t.deepEqual(await terminal.ended, { code: 1, isRestored: true });
  t.regex(terminal.output(), /is rabbit-snare running there\?/);
  t.notRegex(terminal.output(), /\p{Cc}\[\?1049h/u);
});

test.serial('without a terminal top prints everything once, and with --json as JSON', async (t) => {
  const { url, instance } = await startControl(t, CONFIG);
  await refuse(t, instance);
  for (const json of [false, true]) {
    const program = startProgram(t, ['top', url, ...FAST, ...(json ? ['--json'] : [])]);
    t.deepEqual([await program.ended, program.stderr()], [{ code: 0, signal: null }, '']);
    t.notRegex(program.stdout().replaceAll('\n', ''), /\p{Cc}/u);
    if (json) {
      const { rates, overview, faults, scenarios, healthChecks } = JSON.parse(program.stdout());
      t.deepEqual([rates.ended, overview.totals.ended, faults, scenarios], [0, 1, [], []]);
      t.is(healthChecks.sources.length, 1);
    } else t.regex(program.stdout(), /^in all +1 +1 +0 +1 [\s\S]*^ +1 +bad_header .*\n[\s\S]*127\.0\.0\.1/m);
  }
});

test.serial('an interval that is too short is wrong usage', async (t) => {
  const program = startProgram(t, ['top', '--interval', '10ms']);
  t.is((await program.ended).code, 2);
  t.regex(program.stderr(), /^rabbit-snare: --interval must be a duration .*, and at least 100ms, not "10ms"/);
});
