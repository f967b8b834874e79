import test from 'ava';
import { MemoryBudget } from '../../lib/running/memory-budget.js';
import { ManualClock } from '../support/manual-clock.js';

const MIB = 1024 ** 2;

/** A budget whose measurements and collections the spec decides. In MiB. */
function start(limit: number | null) {
  const clock = new ManualClock();
  const now = { resident: 40, heap: 20, heapLimit: 1_000, connections: 0, garbage: 0 };
  const said: string[] = [];
  let collected = 0;
  const budget = new MemoryBudget(limit === null ? null : limit * MIB, {
    clock,
    connections: () => now.connections,
    say: (message) => said.push(message),
    measure: () => ({
      resident: (now.resident + now.garbage) * MIB,
      heap: now.heap * MIB,
      heapLimit: now.heapLimit * MIB,
    }),
    collect: () => {
      collected += 1;
      now.garbage = 0;
    },
  });
  budget.start();
  return {
    budget,
    clock,
    now,
    said,
    collected: () => collected,
    /** Until the next measurement, with these values. */
    next: (values: Partial<typeof now>) => {
      Object.assign(now, values);
      clock.advance(50);
      return budget.refusal?.name === 'limit' ? budget.refusal.limit : null;
    },
  };
}

test('connections are refused from 85 % of the limit until less than 80 % is used, and the log says both once', (t) => {
  const { next, said, budget } = start(100);
  t.is(next({ resident: 84 }), null);
  t.is(next({ resident: 85 }), 'memoryLimit');
  t.deepEqual(budget.refusal, { name: 'limit', limit: 'memoryLimit', value: 100 * MIB });
  for (const resident of [90, 84, 80, 86]) t.is(next({ resident }), 'memoryLimit');
  t.is(next({ resident: 79 }), null);
  t.is(next({ resident: 84 }), null);
  t.deepEqual(said, [
    'the process uses 85 MiB of its memory limit of 100 MiB: new connections are refused',
    'the process uses 79 MiB of its memory limit of 100 MiB: new connections are accepted again',
  ]);
});

test('what the kernel needs for open connections counts', (t) => {
  const { next, budget } = start(100);
  t.is(next({ resident: 84, connections: 127 }), null);
  t.is(next({ connections: 128 }), 'memoryLimit');
  t.is(budget.used, 85 * MIB);
});

test('garbage is collected before connections are refused, and at most once per second', (t) => {
  const { next, collected, clock } = start(100);
  t.is(next({ resident: 60, garbage: 30 }), null);
  t.is(collected(), 1);
  t.is(next({ garbage: 30 }), 'memoryLimit');
  t.is(collected(), 1);
  clock.advance(1_000);
  t.is(next({}), null);
  t.is(collected(), 2);
});

test('a large heap is not collected', (t) => {
  const { next, collected } = start(1_000);
  t.is(next({ resident: 900, heap: 300 }), 'memoryLimit');
  t.is(collected(), 0);
});

test('without a memory limit, the heap limit of V8 counts', (t) => {
  const { next, said } = start(null);
  t.is(next({ resident: 100_000, heap: 849 }), null);
  t.is(next({ heap: 850 }), 'heap');
  t.is(next({ heap: 750 }), null);
  t.is(said[0], 'the process uses 850 MiB of its JavaScript heap of 1000 MiB: new connections are refused');
});

test('garbage is collected before the heap limit of V8 is reached', (t) => {
  const { next, collected } = start(null);
  t.is(next({ heap: 90, heapLimit: 100 }), 'heap');
  t.is(collected(), 1);
});

test('after the stop nothing is measured', (t) => {
  const { budget, clock, next } = start(100);
  budget.stop();
  t.is(clock.timers, 0);
  t.is(next({ resident: 99 }), null);
});
