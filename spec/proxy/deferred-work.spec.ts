import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import type { Clock } from '../../lib/clock.js';
import { DeferredWork } from '../../lib/proxy/deferred-work.js';
import { ManualClock } from '../support/manual-clock.js';

/** Work of 1 ms each, and what of it has been done. */
function work(clock: ManualClock, deferred: DeferredWork, count: number): number[] {
  const done: number[] = [];
  for (let number = 0; number < count; number++) {
    deferred.add(() => {
      clock.advance(1);
      done.push(number);
    });
  }
  return done;
}

const setUp = () => {
  const clock = new ManualClock();
  return { clock, deferred: new DeferredWork(clock satisfies Clock) };
};

test('work is done in order, in a later turn', async (t) => {
  const { clock, deferred } = setUp();
  const done = work(clock, deferred, 3);
  t.deepEqual(done, []);
  await setImmediate();
  t.deepEqual(done, [0, 1, 2]);
});

test('work of 5 ms is done at a time, and timers and sockets have their turn in between', async (t) => {
  const { clock, deferred } = setUp();
  const done = work(clock, deferred, 12);
  const lengths: number[] = [];
  while (done.length < 12) {
    await setImmediate();
    lengths.push(done.length);
  }
  t.deepEqual(lengths, [5, 10, 12]);
});

test('work that is added meanwhile is done after what waits', async (t) => {
  const { deferred } = setUp();
  const done: string[] = [];
  deferred.add(() => {
    done.push('first');
    deferred.add(() => done.push('third'));
  });
  deferred.add(() => done.push('second'));
  await setImmediate();
  await setImmediate();
  t.deepEqual(done, ['first', 'second', 'third']);
});

test('at most 4,096 pieces of work wait for a later turn', async (t) => {
  const { clock, deferred } = setUp();
  const done = work(clock, deferred, 10_000);
  await setImmediate();
  t.is(done.length, 10_000 - 4_096);
});
