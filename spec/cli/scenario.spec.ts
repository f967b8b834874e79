import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'amqplib';
import test, { type ExecutionContext } from 'ava';
import { startControl } from '../support/control.js';
import { startProgram, temporaryDirectory } from '../support/program.js';
import { until } from '../support/rabbitmq/until.js';

const CONFIG = 'proxies: [{name: orders, listen: 127.0.0.1:0, upstream: stand-in}]';
const CLIENT = 'guest at 127.0.0.1 (vhost /, product amqplib)';
/** Closes all connections for as long as the command needs on a busy machine. */
const CLOSES = 'type: amqp_close, attributes: {at: running}, times: 1, until: 2s';

async function command(t: ExecutionContext, ...args: readonly string[]) {
  const program = startProgram(t, ['scenario', ...args]);
  const { code } = await program.ended;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
}

/** The path of a scenario file with one step. */
function scenarioFile(t: ExecutionContext, step: string): string {
  const file = join(temporaryDirectory(t), 'scenario.yaml');
  writeFileSync(file, `steps:\n  - {${step}}\n`);
  return file;
}

/** A running instance, and a client that is open at it. @param isBack whether it comes back when its connection was closed */
async function withClient(t: ExecutionContext, { isBack }: { readonly isBack: boolean }) {
  const { url, instance } = await startControl(t, CONFIG);
  const target = `amqp://guest:guest@${instance.proxies.all[0]?.listen}/`;
  const open = async (mayReturn: boolean): Promise<void> => {
    const connection = await connect(target);
    t.teardown(() => connection.close().catch(() => {}));
    connection.on('error', () => {});
    connection.once('close', (error?: Error) => void (error && mayReturn && open(false)));
  };
  await open(isBack);
  const isOpen = () => instance.proxies.openConnections(({ stage }) => stage === 'running', 1).length === 1;
  t.true(await until(isOpen, 10_000));
  return url;
}

test('list has every scenario of the package, and the bug that it finds', async (t) => {
  const { code, stdout } = await command(t, 'list');
  t.is(code, 0);
  const [head = '', ...lines] = stdout.trimEnd().split('\n');
  t.regex(head, /^name +finds$/);
  const names = readdirSync('config/scenarios').map((name) => name.replace('.yaml', ''));
  t.deepEqual(
    lines.map((line) => line.split(' ')[0]),
    names,
  );
  t.regex(stdout, /\nslow-start +clients that allow less for Start than a busy balancer or broker needs\n/);
});

test('show prints a scenario as it is', async (t) => {
  const text = readFileSync('config/scenarios/slow-tune.yaml', 'utf8');
  t.like(await command(t, 'show', 'slow-tune'), { code: 0, stdout: text });
});

test('run takes the name of a scenario, and ends it after --for', async (t) => {
  const { url, instance } = await startControl(t, CONFIG);
  const { code, stdout } = await command(t, 'run', 'slow-tune', '--for', '300ms', '--url', url);
  t.is(stdout, 'scenario-1 has started: orders/amqp_stall_downstream\nscenario-1 has ended\n');
  t.is(code, 0);
  t.deepEqual(instance.faults.list.all, []);
});

test('--assert recovers-within holds if the clients come back', async (t) => {
  const url = await withClient(t, { isBack: true });
  const file = scenarioFile(t, CLOSES);
  const { code, stdout, stderr } = await command(t, 'run', file, '--assert', 'recovers-within=20s', '--url', url);
  t.is(code, 0, stderr + stdout);
  t.regex(stdout, /\nscenario-1 has ended\nrecovers-within=20s: the client was back after \d+ ms\n$/);
});

test('the exit code is 1 if an assertion does not hold, and each client is named', async (t) => {
  const url = await withClient(t, { isBack: false });
  const asserts = ['--assert', 'recovers-within=200ms', '--assert', 'survives'];
  const { code, stdout } = await command(t, 'run', scenarioFile(t, CLOSES), ...asserts, '--url', url);
  t.is(code, 1);
  t.deepEqual(stdout.split('\n').slice(2), [
    'recovers-within=200ms does not hold:',
    `  ${CLIENT} was not back within 200 ms`,
    'survives does not hold:',
    `  ${CLIENT} lost its connection`,
    '',
  ]);
});

test('with --json, the verdicts are JSON', async (t) => {
  const url = await withClient(t, { isBack: false });
  const file = scenarioFile(t, 'type: latency, attributes: {latency: 10}, until: 100ms');
  const { code, stdout } = await command(t, 'run', file, '--assert', 'survives', '--json', '--url', url);
  t.is(code, 0);
  const lines = stdout.trimEnd().split('\n');
  t.deepEqual(
    lines.map((line) => JSON.parse(line)),
    [
      { id: 'scenario-1', faults: ['orders/latency_downstream'] },
      {
        id: 'scenario-1',
        assertions: [{ assert: 'survives', holds: true, clients: 1, recoveredMs: null, problems: [] }],
      },
    ],
  );
});

test('an interrupted scenario proves nothing', async (t) => {
  const url = await withClient(t, { isBack: false });
  const args = ['scenario', 'run', 'slow-tune', '--for', '1h', '--assert', 'survives', '--url', url];
  const program = startProgram(t, args);
  t.true(await until(() => program.stdout().includes('has started'), 40_000));
  program.signal('SIGINT');
  t.is((await program.ended).code, 1);
  t.regex(program.stderr(), /the assertions were not checked, because the scenario was interrupted/);
});
