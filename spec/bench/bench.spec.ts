import test from 'ava';
import { FAULT_NAMES, RATE_NAMES } from './parts.js';
import { RATES } from './rate.js';
import type { Result } from './result.js';
import { runBench } from './run-bench.js';

/** The smallest run that measures anything. */
const SMALLEST = ['--rounds', '1', '--seconds', '0.1', '--idle', '20', '--refusals', '200', '--json'];
const OURS = ['--proxies', 'rabbit-snare,relay'];

const titlesOf = ({ sections }: Result) => new Set(sections.flatMap(({ series }) => series.map(({ title }) => title)));
const failures = ({ notes }: Result) => notes.filter((note) => note.includes('failed'));

test('a run measures every part, and each figure is a number above 0', async (t) => {
  t.timeout(300_000);
  const { code, stdout, stderr } = await runBench([...SMALLEST, ...OURS]);
  t.is(code, 0, stderr);
  const result = JSON.parse(stdout) as Result;
  t.deepEqual(failures(result), []);
  const titles = titlesOf(result);
  for (const name of RATE_NAMES) {
    for (const { title } of RATES[name].figures) t.true(titles.has(title), title);
  }
  const has = (title: string) => t.true(titles.has(title), title);
  has('start until it listens, ms');
  has('CPU time until then, ms');
  has('resident memory, idle, MiB');
  has('an idle connection (of 20), KiB');
  has('resident memory after all loads without faults, MiB');
  t.is([...titles].filter((title) => title.endsWith(', of none')).length, FAULT_NAMES.length);
  // Only root can create a cgroup, and not in every container.
  if (!result.notes.some((note) => note.startsWith('Left out: the container'))) has('peak resident memory, MiB');
  const series = result.sections.flatMap((section) => section.series);
  // Few connections may fit into memory that is already there, and nothing need be refused or killed.
  const mayBeNothing = /^(an idle connection|refused as|killed|kills)/;
  t.deepEqual(
    series.filter(({ title, values }) => !mayBeNothing.test(title) && !values.every((value) => value > 0)),
    [],
  );
  t.true(series.every(({ values }) => values.length === 1 && values.every(Number.isFinite)));
});

test('without root, a compiler and other proxies, the output says what is left out and why', async (t) => {
  t.timeout(300_000);
  const { code, stdout, stderr } = await runBench([...SMALLEST, '--only', RATE_NAMES.join(',')], {
    PATH: '',
    TOXIPROXY: '',
  });
  t.is(code, 0, stderr);
  const result = JSON.parse(stdout) as Result;
  t.deepEqual(failures(result), []);
  t.deepEqual(result.columns, ['rabbit-snare', 'plain relay']);
  const series = result.sections.flatMap((section) => section.series);
  t.deepEqual(
    series.filter(({ values }) => !values.every((value) => value > 0)),
    [],
  );
  const notes = result.notes.join('\n');
  t.regex(notes, /^Not in a network namespace \(unshare was not found\)/m);
  t.regex(notes, /^Left out: haproxy\. HAProxy is not installed\.$/m);
  t.regex(notes, /^Left out: nginx\. nginx, or its stream module, is not installed\.$/m);
  t.regex(notes, /^Left out: toxiproxy\. TOXIPROXY is not set/m);
  t.regex(notes, /^The load generator runs on Node\.js, because no C compiler/m);
});

for (const [args, env, message] of [
  [['--compare', 'no-such-revision'], {}, /--compare: "no-such-revision" is neither a folder nor a git revision/],
  [['--compare', 'lib'], {}, /--compare: lib is not built; run npm ci && npm run build there/],
  [['--node', '/nothing/node'], {}, /--node: "\/nothing\/node" is not a Node.js that can be run/],
  [['--proxies', 'rabbit-snare,base'], {}, /--proxies: base needs --compare/],
  [['--rounds', '1'], { TOXIPROXY: '/nothing/toxiproxy' }, /TOXIPROXY must be the path of Toxiproxy's server/],
  [['--proxies', 'haproxy'], { PATH: '' }, /--proxies: HAProxy is not installed/],
] as const) {
  test(`${args.join(' ')}${Object.keys(env).join(' ')} is an error with exit code 2`, async (t) => {
    const { code, stdout, stderr } = await runBench(args, env);
    t.is(code, 2, stderr);
    t.regex(stderr, message);
    t.is(stdout, '');
  });
}
