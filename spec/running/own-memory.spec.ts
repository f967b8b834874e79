import { existsSync } from 'node:fs';
import test from 'ava';
import { collectGarbage } from '../../lib/running/collect-garbage.js';
import { containerMemory, ownMemory } from '../../lib/running/own-memory.js';

test('the memory of the process grows with what it keeps', (t) => {
  const before = ownMemory();
  const kept = Buffer.alloc(64 * 1024 ** 2, 1);
  const after = ownMemory();
  t.true(after.resident - before.resident > 48 * 1024 ** 2, `${before.resident} to ${after.resident}`);
  t.true(after.heap > 0 && after.heap < after.heapLimit);
  t.is(kept.length, 64 * 1024 ** 2);
});

(existsSync('/proc/self/status') ? test : test.skip)('pages of files do not count', (t) => {
  t.true(ownMemory().resident < process.memoryUsage.rss());
});

test('a container without a limit has none', (t) => {
  const limit = containerMemory();
  t.true(limit === null || limit > 0);
});

test('garbage can be collected, and the flag for it does not stay on', (t) => {
  const kept = new WeakRef({ some: 'garbage' });
  // A WeakRef keeps its object until the end of the turn.
  return new Promise<void>((resolve) => {
    setImmediate(() => {
      collectGarbage();
      t.is(kept.deref(), undefined);
      t.false('gc' in globalThis);
      resolve();
    });
  });
});
