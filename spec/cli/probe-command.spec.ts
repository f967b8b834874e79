import test from 'ava';
import { PROBE_CASES } from '../../lib/probe/cases.js';
import { startProgram } from '../support/program.js';
import { startProxy } from '../support/proxy.js';
import { deadPort, endWithFin, startServer } from '../support/server.js';
import { startUpstream } from '../support/upstream.js';

async function target(t: Parameters<typeof startUpstream>[0]): Promise<string> {
  const upstream = await startUpstream(t);
  const { port } = await startProxy(t, upstream, { handshakeTimeout: 300 });
  return `127.0.0.1:${port}`;
}

test.serial('probe --json prints one object per case', async (t) => {
  const program = startProgram(t, ['probe', await target(t), '--json', '--handshake-timeout', '4s']);
  t.deepEqual(await program.ended, { code: 0, signal: null });
  t.is(program.stderr(), '');
  const results = JSON.parse(program.stdout()) as Record<string, unknown>[];
  t.deepEqual(
    results.map((result) => result['case']),
    PROBE_CASES.map(({ name }) => name),
  );
  for (const result of results) t.deepEqual(Object.keys(result), ['case', 'sent', 'received', 'end', 'ms']);
  const named = (name: string) => results.find((result) => result['case'] === name);
  t.like(named('silence'), { sent: '', received: '', end: 'rst' });
  t.like(named('fin'), { sent: '', received: '', end: 'rst' });
  t.like(named('partial-fin'), { received: '', end: 'rst' });
  t.like(named('lowercase'), { sent: '616d717030303931', received: '414d515000000901', end: 'rst' });
  t.like(named('ascii-0091'), { sent: '414d515030303931', received: '414d515000000901', end: 'rst' });
});

test.serial('probe prints a table with a line per case, and --only selects cases', async (t) => {
  const program = startProgram(t, ['probe', await target(t), '--only', 'fin,lowercase']);
  t.is((await program.ended).code, 0);
  const [titles = '', ...rows] = program.stdout().trim().split('\n');
  t.regex(titles, /^case +sent +received +end +ms$/);
  t.deepEqual(
    rows.map((row) => row.split(' ')[0]),
    ['fin', 'lowercase'],
  );
});

test.serial('an unreachable server is exit code 1 and wrong usage is exit code 2, with one line each', async (t) => {
  const dead = `127.0.0.1:${await deadPort()}`;
  for (const [args, code, says] of [
    [[dead], 1, `rabbit-snare: cannot reach ${dead}: ECONNREFUSED\n`],
    [[dead, '--identify'], 1, `rabbit-snare: cannot reach ${dead}: ECONNREFUSED\n`],
    [['nowhere'], 2, /^rabbit-snare: the target [^\n]*nowhere[^\n]*\n$/],
    [[dead, '--handshake-timeout', 'long'], 2, /^rabbit-snare: --handshake-timeout [^\n]*long[^\n]*\n$/],
    [[dead, '--only', 'no-such-case'], 2, /^rabbit-snare: [^\n]*no-such-case[^\n]*\n$/],
    [
      [dead, '--expect', 'latest'],
      2,
      /^rabbit-snare: --expect must be a RabbitMQ version from 3.6 on[^\n]*"latest"[^\n]*\n$/,
    ],
    [[dead, '--expect', 'auto'], 2, /^rabbit-snare: --expect [^\n]*"auto"[^\n]*\n$/],
    [[dead, '--expect', '3.5'], 2, /^rabbit-snare: --expect [^\n]*"3.5"[^\n]*\n$/],
    [[dead, '--close', 'fin'], 2, /^rabbit-snare: --close needs --expect[^\n]*\n$/],
    [[dead, '--amqp10', 'on'], 2, /^rabbit-snare: --amqp10 needs --expect[^\n]*\n$/],
    [[dead, '--expect', '3.10', '--close', 'never'], 2, /close[\s\S]*"never"/],
    [[dead, '--expect', '3.10', '--identify'], 2, /identify[\s\S]*expect|expect[\s\S]*identify/],
    [[], 2, 'rabbit-snare: probe needs <target>; see rabbit-snare probe --help\n'],
  ] as const) {
    const program = startProgram(t, ['probe', ...args]);
    t.is((await program.ended).code, code, args.join(' '));
    if (typeof says === 'string') t.is(program.stderr(), says);
    else t.regex(program.stderr(), says);
  }
});

test.serial('probe --expect has exit code 0 if all cases are the same, and 1 if one differs', async (t) => {
  const proxied = await target(t);
  const only = ['--only', 'fin,lowercase,ascii-0091'];
  const same = startProgram(t, ['probe', proxied, ...only, '--expect', '3.10']);
  t.is((await same.ended).code, 0, same.stdout());
  t.regex(same.stdout(), /^case .* as 3\.10\n/);
  t.regex(same.stdout(), /\n3 of 3 cases match RabbitMQ 3\.10\.\n$/);
  const other = startProgram(t, ['probe', proxied, ...only, '--expect', '4.0', '--json']);
  t.is((await other.ended).code, 1, other.stdout());
  const results = JSON.parse(other.stdout()) as Record<string, unknown>[];
  t.deepEqual(
    results.map((result) => result['same']),
    [true, false, false],
  );
  for (const result of results) {
    t.deepEqual(Object.keys(result).slice(0, 5), ['case', 'sent', 'received', 'end', 'ms']);
  }
});

test.serial('probe --expect checks the expected close and plugin', async (t) => {
  const proxied = await target(t);
  const only = ['--only', 'fin,amqp-1-0-sasl'];
  const fin = startProgram(t, ['probe', proxied, ...only, '--expect', '3.10', '--close', 'fin']);
  t.is((await fin.ended).code, 1);
  t.regex(fin.stdout(), /different \(end\): expected fin at once/);
  const plugin = startProgram(t, ['probe', proxied, ...only, '--expect', '3.10', '--amqp10', 'on']);
  t.is((await plugin.ended).code, 1);
  t.regex(plugin.stdout(), /expected AMQP 3 1 0 0, SASL frame/);
});

test.serial('probe --identify has exit code 1 for a server that is not RabbitMQ', async (t) => {
  const closing = await startServer(t, (client) => endWithFin(client));
  const program = startProgram(t, ['probe', `127.0.0.1:${closing.port}`, '--identify']);
  t.is((await program.ended).code, 1);
  t.regex(program.stdout(), /^not RabbitMQ: it accepts and closes at once[^\n]*\nclose: fin\n- tls/);
  const json = startProgram(t, ['probe', `127.0.0.1:${closing.port}`, '--identify', '--json']);
  t.is((await json.ended).code, 1);
  const identity = JSON.parse(json.stdout()) as object;
  t.deepEqual(Object.keys(identity), ['rabbitmq', 'kind', 'name', 'remarks', 'close', 'evidence']);
});
