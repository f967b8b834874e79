import test, { type ExecutionContext } from 'ava';
import { startUpstream } from './upstream.js';
import { type Close, dialWire, type Wire } from './wire.js';

const OCTETS = Buffer.alloc(3000, 'x');

/** The two ends of a connection. */
async function pair(t: ExecutionContext): Promise<[dialled: Wire, accepted: Wire]> {
  const upstream = await startUpstream(t);
  const dialled = await dialWire(t, upstream);
  return [dialled, await upstream.next()];
}

const close = (wire: Wire, how: Close) => (how === 'fin' ? wire.fin() : wire.rst());
const busy = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);

for (const how of ['fin', 'rst'] as const) {
  for (const from of ['dialled', 'accepted'] as const) {
    test.serial(`the ${from} end’s ${how} after its bytes is recognized, 100 times out of 100`, async (t) => {
      const seen: string[] = [];
      for (let at = 0; at < 100; at++) {
        const ends = await pair(t);
        const [sender, receiver] = from === 'dialled' ? ends : ends.reverse();
        void (sender as Wire).send(OCTETS).then(() => {
          close(sender as Wire, how);
          if (at % 2 === 0) setImmediate(busy);
        });
        const ended = await (receiver as Wire).how();
        seen.push(`${ended} after ${(receiver as Wire).receivedLength}`);
      }
      t.deepEqual(new Set(seen), new Set([`${how} after 3000`]));
    });
  }
}

test('a paused end reads nothing until it is resumed, and then everything', async (t) => {
  const [dialled, accepted] = await pair(t);
  accepted.pause();
  await dialled.send(OCTETS);
  dialled.rst();
  await dialled.gone;
  t.is(accepted.receivedLength, 0);
  accepted.resume();
  t.is(await accepted.how(), 'rst');
  t.deepEqual(accepted.received, OCTETS);
});
