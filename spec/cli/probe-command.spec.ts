import test from 'ava';
import { PROBE_CASES } from '../../lib/probe/cases.js';
import { startProgram } from '../support/program.js';
import { startProxy } from '../support/proxy.js';
import { deadPort } from '../support/server.js';
import { startUpstream } from '../support/upstream.js';

async function target(t: Parameters<typeof startUpstream>[0]): Promise<string> {
  const upstream = await startUpstream(t);
  const { port } = await startProxy(t, upstream, { handshakeTimeout: 300 });
  return `127.0.0.1:${port}`;
}

test.serial('probe --json is one object for each case', async (t) => {
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

test.serial('probe prints a table with a line for each case, and --only plays those that are named', async (t) => {
  const program = startProgram(t, ['probe', await target(t), '--only', 'fin,lowercase']);
  t.is((await program.ended).code, 0);
  const [titles = '', ...rows] = program.stdout().trim().split('\n');
  t.regex(titles, /^case +sent +received +end +ms$/);
  t.deepEqual(
    rows.map((row) => row.split(' ')[0]),
    ['fin', 'lowercase'],
  );
});

test.serial('a target that cannot be reached is exit code 1, and a wrong one 2, with one line each', async (t) => {
  const dead = `127.0.0.1:${await deadPort()}`;
  for (const [args, code, says] of [
    [[dead], 1, `rabbit-snare: cannot reach ${dead}: ECONNREFUSED\n`],
    [['nowhere'], 2, /^rabbit-snare: the target [^\n]*nowhere[^\n]*\n$/],
    [[dead, '--handshake-timeout', 'long'], 2, /^rabbit-snare: --handshake-timeout [^\n]*long[^\n]*\n$/],
    [[dead, '--only', 'no-such-case'], 2, /^rabbit-snare: [^\n]*no-such-case[^\n]*\n$/],
    [[], 2, /^rabbit-snare: [^\n]*arguments[^\n]*\n$/],
  ] as const) {
    const program = startProgram(t, ['probe', ...args]);
    t.is((await program.ended).code, code, args.join(' '));
    if (typeof says === 'string') t.is(program.stderr(), says);
    else t.regex(program.stderr(), says);
  }
});
