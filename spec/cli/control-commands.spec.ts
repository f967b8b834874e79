import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Instance } from '../../lib/instance/instance.js';
import { reportOf } from '../../lib/report/report-of.js';
import { ascii } from '../support/bytes.js';
import { startControl } from '../support/control.js';
import { freePort } from '../support/free-port.js';
import { listening } from '../support/instance.js';
import { startProgram, temporaryDirectory } from '../support/program.js';
import { until } from '../support/rabbitmq/until.js';
import { factsOf } from '../support/report.js';
import { dialWire } from '../support/wire.js';

const CONFIG = 'listen: 127.0.0.1:0\nupstream: stand-in';

async function command(t: ExecutionContext, ...args: readonly string[]) {
  const program = startProgram(t, args);
  const { code } = await program.ended;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
}

test('faults are added, listed, changed and removed', async (t) => {
  const { url } = await startControl(t, CONFIG);
  const at = ['--url', url];
  const added = await command(t, 'faults', 'add', 'amqp_close at=open code=320 times=2', 'noop name=idle', ...at);
  t.is(added.code, 0, added.stderr);
  t.regex(added.stdout, /^id .*\namqp\/amqp_close_downstream .*code=320.*\namqp\/idle /);
  const changed = await command(t, 'faults', 'update', 'amqp/amqp_close_downstream', 'code=541', 'times=3', ...at);
  t.regex(changed.stdout, /code=541/);
  const off = await command(t, 'faults', 'update', 'amqp/idle', 'enabled=false', ...at);
  t.regex(off.stdout, /^id +type +enabled .*\namqp\/idle +noop +no /);
  t.regex((await command(t, 'faults', 'list', ...at)).stdout, /amqp_close +yes +active .*\n.*noop +no +off /);
  t.is((await command(t, 'faults', 'remove', 'amqp/idle', ...at)).code, 0);
  const list = await command(t, 'faults', 'list', '--json', ...at);
  t.like(JSON.parse(list.stdout), [{ id: 'amqp/amqp_close_downstream', times: 3, attributes: { code: 541 } }]);
  t.is((await command(t, 'faults', 'remove', '--all', ...at)).code, 0);
  t.is((await command(t, 'faults', 'list', '--json', ...at)).stdout, '[]\n');
});

test('wrong usage is exit code 2 and a failure is exit code 1, both with a reason', async (t) => {
  const { url } = await startControl(t, CONFIG);
  const wrong = await command(t, 'faults', 'add', 'amqp_close code=299', '--url', url);
  t.is(wrong.code, 2);
  t.regex(wrong.stderr, /code must be one of/);
  t.is((await command(t, 'faults', 'remove', '--url', url)).code, 2);
  const gone = await command(t, 'faults', 'update', 'amqp/nobody', 'times=1', '--url', url);
  t.deepEqual([gone.code, gone.stderr], [1, 'rabbit-snare: fault not found\n']);
  const nowhere = await command(t, 'connections', '--url', `http://127.0.0.1:${await freePort()}`);
  t.is(nowhere.code, 1);
  t.regex(nowhere.stderr, /is rabbit-snare running there\?/);
});

test('connections are listed, and one is closed', async (t) => {
  // The connection stays open while three commands run.
  const { url, instance } = await startControl(t, `${CONFIG}\nhandshakeTimeout: 60s`);
  const wire = await dialWire(t, listening(instance.proxies.all[0]?.listen));
  await until(() => instance.connections === 1, 5_000);
  const list = await command(t, 'connections', '--url', url);
  t.regex(list.stdout, /^id .*\n\S+ +amqp +127\.0\.0\.1:\d+ +header/);
  const [{ id }] = JSON.parse((await command(t, 'connections', '--json', '--url', url)).stdout);
  t.is((await command(t, 'connections', '--end', id, '--url', url)).code, 0);
  t.is(await wire.how(), 'rst');
});

/** Makes the reports of a check that sends text every 10 s. */
function playCheck({ sources }: Instance): void {
  const octets = ascii('hello wo');
  const reason = { name: 'bad_header', detail: 'other', octets } as const;
  const now = Date.now() - 50_000;
  for (const at of [0, 1, 2, 3, 4]) {
    reportOf(factsOf({ client: '127.0.0.1:1', at: now + 10_000 * at, reason, header: octets }), sources);
  }
}

test('health checks are listed with their period and advice', async (t) => {
  const { url, instance } = await startControl(t, CONFIG);
  playCheck(instance);
  const { stdout } = await command(t, 'health-checks', '--url', url);
  t.regex(stdout, /^source .*\n127\.0\.0\.1 +amqp +text +10\.0 s +0 ms +5 +error +17280 /);
  t.regex(stdout, /\n\n127\.0\.0\.1 text: .*tcp-check.*\.\n/);
  t.regex(stdout, /\n\nChecks that never complete the TCP handshake.*\.\n$/);
  const filtered = await command(t, 'health-checks', '--style', 'no_data', '--json', '--url', url);
  t.like(JSON.parse(filtered.stdout), { sources: [], total: 0 });
});

test('watch names the check that a connection belongs to', async (t) => {
  const { url, instance } = await startControl(t, CONFIG);
  playCheck(instance);
  const watch = startProgram(t, ['watch', url]);
  await until(() => instance.followers === 1, 20_000);
  const wire = await dialWire(t, listening(instance.proxies.all[0]?.listen));
  await wire.send('hello world');
  await wire.how();
  await until(() => watch.stdout().includes('\n'), 20_000);
  t.regex(watch.stdout(), /bad_header .* \[text every 1\d\.\d s\]\n/);
});

test('watch prints a line for each connection that ends, and stops on a signal', async (t) => {
  const { url, instance } = await startControl(t, CONFIG);
  const watch = startProgram(t, ['watch', url]);
  await until(() => instance.followers === 1, 20_000);
  const wire = await dialWire(t, listening(instance.proxies.all[0]?.listen));
  await wire.send('amqp0091');
  await wire.how();
  const line = /^\S+Z error +127\.0\.0\.1:\d+ +bad_header +The client sent 'amqp0091', .*\n/;
  t.truthy(await until(() => line.test(watch.stdout()), 5_000), watch.stdout());
  watch.signal('SIGINT');
  t.deepEqual(await watch.ended, { code: 0, signal: null });
  t.regex(
    watch.stdout(),
    /\n\n1 connection ended in .*: 1 error\.\n\ncount .*\n +1 +127\.0\.0\.1 +error +bad_header\n$/,
  );
});

test('watch stops when its standard output is closed', async (t) => {
  const { url, instance } = await startControl(t, CONFIG);
  const watch = startProgram(t, ['watch', url]);
  await until(() => instance.followers === 1, 20_000);
  watch.child.stdout?.destroy();
  const wire = await dialWire(t, listening(instance.proxies.all[0]?.listen));
  await wire.send('amqp0091');
  await wire.how();
  t.deepEqual([await watch.ended, watch.stderr()], [{ code: 0, signal: null }, '']);
});

test('scenario run ends with its scenario, and the only proxy is the default', async (t) => {
  const { url } = await startControl(t, 'proxies: [{name: orders, listen: 127.0.0.1:0, upstream: stand-in}]');
  const file = join(temporaryDirectory(t), 'scenario.yaml');
  writeFileSync(file, 'lease: 1s\nsteps:\n  - {type: noop, until: 2s}\n');
  const run = await command(t, 'scenario', 'run', file, '--url', url);
  t.deepEqual(
    [run.code, run.stdout, run.stderr],
    [0, 'scenario-1 has started: orders/noop_downstream\nscenario-1 has ended\n', ''],
  );
});

for (const [how, signal, code] of [
  ['told to end', 'SIGINT', 0],
  ['killed', 'SIGKILL', null],
] as const) {
  test(`the faults of a scenario are removed when the command that runs it is ${how}`, async (t) => {
    const { url, instance } = await startControl(t, CONFIG);
    const file = join(temporaryDirectory(t), 'scenario.yaml');
    writeFileSync(file, 'lease: 1s\nsteps:\n  - {type: amqp_reset, attributes: {at: start}}\n');
    const program = startProgram(t, ['scenario', 'run', file, '--url', url]);
    t.truthy(
      await until(() => program.stdout().includes('has started: amqp/amqp_reset_downstream'), 20_000),
      program.stderr(),
    );
    t.is(instance.faults.list.all.length, 1);
    program.signal(signal);
    t.is((await program.ended).code, code);
    t.truthy(await until(() => instance.faults.list.all.length === 0, 5_000));
  });
}

test('an error in a scenario is reported with line and column', async (t) => {
  const { url } = await startControl(t, CONFIG);
  const file = join(temporaryDirectory(t), 'scenario.yaml');
  writeFileSync(file, 'steps:\n  - {type: nope}\n');
  const wrong = await command(t, 'scenario', 'run', file, '--url', url);
  t.is(wrong.code, 2);
  t.regex(wrong.stderr, /scenario\.yaml:2:\d+: steps\[0\]\.type must be one of/);
});
