import test from 'ava';
import { TokenBucket } from '../../lib/faults/accept/token-bucket.js';
import { ManualClock } from '../support/manual-clock.js';

function bucketOf(rate: number, burst: number) {
  const clock = new ManualClock();
  const flow = { rate, burst };
  const bucket = new TokenBucket(clock, () => flow);
  const served: string[] = [];
  const wait = (name: string) => bucket.wait(() => served.push(name));
  return { clock, flow, bucket, served, wait };
}

test('a bucket begins full, refills at its rate, and never holds more than its burst', (t) => {
  const { clock, bucket } = bucketOf(10, 3);
  const taken = (): number => [0, 1, 2, 3, 4].filter(() => bucket.take()).length;
  t.is(taken(), 3);
  clock.advance(99);
  t.is(taken(), 0);
  clock.advance(1);
  t.is(taken(), 1);
  clock.advance(3_600_000);
  t.is(taken(), 3);
});

test('those that wait are served in order, those that gave up cost no token, and nobody overtakes them', (t) => {
  const { clock, bucket, served, wait } = bucketOf(10, 1);
  t.true(bucket.take());
  wait('a');
  const giveUp = wait('b');
  wait('c');
  giveUp();
  clock.advance(100);
  t.deepEqual(served, ['a']);
  t.false(bucket.take());
  clock.advance(100);
  t.deepEqual(served, ['a', 'c']);
  t.is(clock.timers, 0);
});

test('a changed rate counts for those that wait', (t) => {
  const { clock, bucket, flow, served, wait } = bucketOf(1, 1);
  bucket.take();
  wait('a');
  clock.advance(500);
  flow.rate = 100;
  bucket.changed();
  clock.advance(5);
  t.deepEqual(served, ['a']);
});

test('one that gives up just before a token comes does not delay the next one', (t) => {
  const { clock, bucket, served, wait } = bucketOf(1, 1);
  bucket.take();
  const giveUp = wait('a');
  wait('b');
  clock.advance(999);
  giveUp();
  clock.advance(1);
  t.deepEqual(served, ['b']);
});
