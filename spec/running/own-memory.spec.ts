import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import test from 'ava';
import { ownMemory } from '../../lib/running/own-memory.js';
import { runToEnd } from '../support/run-to-end.js';

const PROGRAM = `
  const { ownMemory } = await import(${JSON.stringify(new URL('../../lib/running/own-memory.js', import.meta.url).href)});
  const before = ownMemory();
  const kept = Buffer.alloc(64 * 1024 ** 2, 1);
  console.log(JSON.stringify({ before, after: ownMemory(), kept: kept.length }));
`;

// Not in this process: other specs run in it, and give memory back.
test('the memory of the process grows with what it keeps', async (t) => {
  const { stdout, stderr } = await runToEnd(process.execPath, ['--input-type=module', '--eval', PROGRAM]);
  t.is(stderr, '');
  const { before, after, kept } = JSON.parse(stdout);
  t.true(after.resident - before.resident > 48 * 1024 ** 2, stdout);
  t.true(after.heap > 0 && after.heap < after.heapLimit);
  t.is(kept, 64 * 1024 ** 2);
});

test('on Linux, pages of files do not count', (t) => {
  const rss = process.memoryUsage.rss();
  const { resident } = ownMemory();
  t.true(existsSync('/proc/self/status') ? resident < rss : resident > 0);
});

test('garbage can be collected, and the flag for it does not stay on', (t) => {
  const module = new URL('../../lib/running/collect-garbage.js', import.meta.url).href;
  const program = `
    const { collectGarbage } = await import('${module}');
    const kept = new WeakRef({ some: 'garbage' });
    // A WeakRef keeps its object until the end of the turn.
    setImmediate(() => {
      collectGarbage();
      console.log(kept.deref() === undefined, 'gc' in globalThis);
    });`;
  // Threads of one process share the flag, so it has a process to itself.
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
  t.is(printed, 'true false\n');
});
