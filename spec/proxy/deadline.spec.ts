import test from 'ava';
import { Deadline } from '../../lib/proxy/deadline.js';
import { ManualClock } from '../support/manual-clock.js';

/** A deadline of 10 s, and the times at which it was due. */
function start() {
  const clock = new ManualClock();
  const due: number[] = [];
  const deadline = new Deadline(clock, 10_000);
  deadline.due = () => due.push(clock.ticks());
  return { clock, deadline, due };
}

test('a deadline is due once, at its time', (t) => {
  const { clock, due } = start();
  clock.advance(9_999);
  t.deepEqual(due, []);
  clock.advance(1);
  clock.advance(100_000);
  t.deepEqual(due, [10_000]);
});

test('only the handler that holds the connection when the deadline is due is called', (t) => {
  const { clock, deadline, due } = start();
  const called: string[] = [];
  clock.advance(5_000);
  deadline.due = () => called.push('second');
  clock.advance(5_000);
  t.deepEqual([due, called], [[], ['second']]);
});

test('without a handler nothing happens', (t) => {
  const clock = new ManualClock();
  new Deadline(clock, 10);
  t.notThrows(() => clock.advance(10));
});

test('a deadline can be postponed, even after it was due', (t) => {
  const { clock, deadline, due } = start();
  clock.advance(9_000);
  deadline.putOff(3_000);
  clock.advance(1_000);
  t.deepEqual(due, []);
  clock.advance(2_000);
  deadline.putOff(500);
  clock.advance(500);
  t.deepEqual(due, [12_000, 12_500]);
});

test('a stopped deadline is never due and leaves no timer behind', (t) => {
  const { clock, deadline, due } = start();
  t.is(clock.timers, 1);
  deadline.stop();
  t.is(clock.timers, 0);
  clock.advance(100_000);
  t.deepEqual(due, []);
});

test('postponing a deadline leaves one timer, not two', (t) => {
  const { clock, deadline } = start();
  deadline.putOff(1);
  deadline.putOff(2);
  t.is(clock.timers, 1);
  deadline.stop();
  t.is(clock.timers, 0);
});
