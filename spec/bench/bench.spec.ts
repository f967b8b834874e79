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

test.serial('a run measures every part, and each figure is a number above 0', async (t) => {
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

test.serial('without root, a compiler and other proxies, the output says what is left out and why', async (t) => {
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

test.serial('a wrong flag is an error with exit code 2', async (t) => {
  const { code, stdout, stderr } = await runBench(['--node', '/nothing/node']);
  t.deepEqual([code, stdout], [2, '']);
  t.is(stderr, 'bench: --node: "/nothing/node" is not a Node.js that can be run\n');
});
