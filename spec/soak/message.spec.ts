import test from 'ava';
import { Random } from '../conformance/random.js';
import { MessageMaker, MIB, verify } from './message.js';

const COUNT = 5000;
const made = (seed: number) => {
  const maker = new MessageMaker(new Random(seed));
  return Array.from({ length: COUNT }, (_, at) => maker.make(1, at));
};

test('bodies have 0 to 1 MiB, both ends included', (t) => {
  const lengths = made(1).map(({ body }) => body.length);
  t.is(Math.min(...lengths), 0);
  t.is(Math.max(...lengths), MIB);
});

test('the same seed makes the same messages, another seed makes others', (t) => {
  const ids = (seed: number) => made(seed).map(({ id }) => id);
  t.deepEqual(ids(7), ids(7));
  t.notDeepEqual(ids(7), ids(8));
});

test('a message that arrives unchanged is recognized', (t) => {
  for (const [at, { id, body }] of made(1).entries()) {
    const seen = verify(id, Uint8Array.from(body));
    if (seen?.publisher !== 1 || seen.number !== at) t.fail(`${id}: ${JSON.stringify(seen)}`);
  }
  t.pass();
});

test('a changed byte, a missing byte and a changed ID are noticed', (t) => {
  const { id, body } = made(1).find((each) => each.body.length > 1000) as { id: string; body: Buffer };
  for (const at of [0, 500, body.length - 1]) {
    const changed = Uint8Array.from(body);
    changed[at] = (changed[at] as number) ^ 1;
    t.is(verify(id, changed), undefined);
  }
  t.is(verify(id, body.subarray(1)), undefined);
  t.is(verify(`${id}0`, body), undefined);
  t.is(verify(undefined, body), undefined);
  t.is(verify('', new Uint8Array()), undefined);
});
