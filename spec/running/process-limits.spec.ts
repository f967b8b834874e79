import test from 'ava';
import { Log } from '../../lib/report/log.js';
import { ProcessLimits, type ProcessResources } from '../../lib/running/process-limits.js';
import { ManualClock } from '../support/manual-clock.js';
import { MemoryStream } from '../support/memory-stream.js';

const MIB = 1024 ** 2;
const USED = { resident: 40 * MIB, heap: 20 * MIB, heapLimit: 1_000 * MIB };

function limitsWith(memoryLimit: 'auto' | 'off' | number, resources: ProcessResources = {}) {
  const stream = new MemoryStream();
  const clock = new ManualClock();
  const log = new Log({ format: 'pretty', level: 'info', stream, now: () => clock.wall() });
  const limits = new ProcessLimits(
    { memoryLimit },
    {
      log,
      clock,
      resources: { openFiles: 200, containerMemory: 128 * MIB, measureMemory: () => USED, ...resources },
    },
  );
  limits.held({ proxies: 1, hanging: 0, hasStandIn: false });
  // Entries are written at the end of the turn.
  const logged = async () => {
    await Promise.resolve();
    return stream.text;
  };
  return { limits, clock, logged };
}

test('as many connections are admitted as the descriptors suffice for, until one has ended', (t) => {
  const { limits } = limitsWith('off');
  for (let count = 0; count < 54; count++) t.is(limits.enter(), undefined);
  const refusal = { name: 'limit', limit: 'openFiles', value: 54, openFiles: 200 };
  t.deepEqual(limits.enter(), refusal);
  t.deepEqual(limits.enter(), refusal);
  limits.leave();
  t.is(limits.enter(), undefined);
  t.deepEqual(limits.enter(), refusal);
  t.deepEqual(limits.state.connections, { open: 54, max: 54, openFiles: 200 });
});

test('a warning names the limit, what it allows and what to change, once until that changes', async (t) => {
  const { limits, logged } = limitsWith('off');
  limits.check(54);
  t.is(await logged(), '');
  limits.check(10_000);
  limits.check(10_000);
  t.is((await logged()).trimEnd().split('\n').length, 1);
  t.regex(
    await logged(),
    /warning at most 54 connections can be open at once, not 10000 \(maxConnections\), because the process may have only 200 open files: raise that limit \(ulimit -n; LimitNOFILE in systemd; ulimits\.nofile in Docker Compose\) or lower maxConnections$/m,
  );
  limits.held({ proxies: 1, hanging: 0, hasStandIn: true });
  limits.check(10_000);
  t.regex(await logged(), /at most 36 connections/);
});

test('without a limit on open files every connection is admitted', async (t) => {
  const { limits, logged } = limitsWith('off', { openFiles: null });
  for (let count = 0; count < 1_000; count++) t.is(limits.enter(), undefined);
  limits.check(Number.MAX_SAFE_INTEGER);
  t.is(await logged(), '');
  t.deepEqual(limits.state.connections, { open: 1_000, max: null, openFiles: null });
});

test('the memory limit is that of the container, unless it is set or off', (t) => {
  t.is(limitsWith('auto').limits.state.memory.limit, 128 * MIB);
  t.is(limitsWith('auto', { containerMemory: null }).limits.state.memory.limit, null);
  t.is(limitsWith('off').limits.state.memory.limit, null);
  t.is(limitsWith(50 * MIB).limits.state.memory.limit, 50 * MIB);
});

test('too little memory is a limit before the descriptors are', async (t) => {
  const { limits, logged } = limitsWith(45 * MIB, { collectGarbage: () => {} });
  t.is(limits.enter(), undefined);
  limits.start();
  t.deepEqual(limits.enter(), { name: 'limit', limit: 'memoryLimit', value: 45 * MIB });
  t.is(limits.state.connections.open, 1);
  t.true(limits.state.memory.refusing);
  t.regex(await logged(), /warning the process uses 40 MiB of its memory limit of 45 MiB: new connections are refused/);
  limits.stop();
});
