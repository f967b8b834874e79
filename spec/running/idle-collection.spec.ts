import test from 'ava';
import { IdleCollection } from '../../lib/running/idle-collection.js';
import { ManualClock } from '../support/manual-clock.js';

const MIB = 1024 ** 2;

/** A process that the spec observes once a second. */
function start() {
  const clock = new ManualClock();
  const now = { resident: 40, heap: 20, work: 0 };
  let collected = 0;
  const idle = new IdleCollection({
    clock,
    measure: () => ({ resident: now.resident * MIB, heap: now.heap * MIB, heapLimit: 1_000 * MIB }),
    collect: () => {
      collected += 1;
    },
    work: () => now.work,
  });
  idle.start();
  return {
    idle,
    clock,
    /** After so many seconds with these values. @returns how often garbage was collected so far */
    after: (seconds: number, values: Partial<typeof now> = {}) => {
      Object.assign(now, values);
      for (let second = 0; second < seconds; second++) clock.advance(1_000);
      return collected;
    },
  };
}

test('garbage is collected once when the process has been idle for 3 s after a load', (t) => {
  const { after } = start();
  t.is(after(10, { resident: 200, work: 0.8 }), 0);
  t.is(after(2, { work: 0.01 }), 0);
  t.is(after(1), 1);
  t.is(after(600), 1);
});

test('a process that was never under load, or did not grow, is left alone', (t) => {
  const { after } = start();
  t.is(after(100, { resident: 200 }), 0);
  t.is(after(10, { resident: 71, work: 0.8 }), 0);
  t.is(after(100, { work: 0 }), 0);
});

test('a heap that would take long to collect is left alone', (t) => {
  const { after } = start();
  after(10, { resident: 900, heap: 300, work: 0.8 });
  t.is(after(100, { work: 0 }), 0);
});

test('short loads do not make collections more frequent than every 10 s', (t) => {
  const { after } = start();
  for (let turn = 0; turn < 100; turn++) {
    after(2, { resident: 200, work: 0.8 });
    after(3, { work: 0 });
  }
  const collected = after(0);
  t.true(collected >= 40 && collected <= 50, `${collected} collections in 500 s`);
});

test('after a stop nothing is collected, and no timer is left', (t) => {
  const { idle, after, clock } = start();
  after(10, { resident: 200, work: 0.8 });
  idle.stop();
  t.is(after(100, { work: 0 }), 0);
  t.is(clock.timers, 0);
});
