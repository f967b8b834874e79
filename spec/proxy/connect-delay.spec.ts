import test from 'ava';
import { startFaulty } from '../support/faults.js';
import { ManualClock } from '../support/manual-clock.js';
import { HEADER } from '../support/relayed.js';
import { dialWire } from '../support/wire.js';

const HOUR = 3_600_000;

/** A client that two faults delay by an hour each, and the ids of these. */
async function delayed(t: Parameters<typeof startFaulty>[0]) {
  const clock = new ManualClock();
  const delay = { type: 'connect_delay', attributes: { delay: '1h' } } as const;
  const { add, faults, proxy, upstream } = await startFaulty(t, [], { clock, handshakeTimeout: 10 * HOUR });
  const ids = add(delay, { ...delay, name: 'second' }) as [string, string];
  const client = await dialWire(t, proxy);
  await client.send(HEADER);
  while (proxy.proxy.connections === 0) await new Promise(setImmediate);
  const dialed = upstream.next();
  let isDialed = false;
  void dialed.then(() => {
    isDialed = true;
  });
  /** Lets time pass, and says whether the upstream has been dialed. */
  const after = async (ms: number): Promise<boolean> => {
    clock.advance(ms);
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    return isDialed;
  };
  return { faults, ids, after, dialed };
}

test('faults delay a connection by the sum of their delays', async (t) => {
  const { after, dialed } = await delayed(t);
  t.false(await after(2 * HOUR - 1));
  await after(1);
  t.truthy(await dialed);
});

test('a removed fault delays no connection any more', async (t) => {
  const { faults, ids, after, dialed } = await delayed(t);
  t.false(await after(HOUR / 2));
  faults.list.remove(ids[0]);
  t.false(await after(HOUR / 2 - 1));
  await after(1);
  t.truthy(await dialed);
});

test('without the faults that delay it, a connection continues at once', async (t) => {
  const { faults, ids, after, dialed } = await delayed(t);
  for (const id of ids) faults.list.remove(id);
  await after(0);
  t.truthy(await dialed);
});

test('a changed fault delays a connection by what is left of the new delay', async (t) => {
  const { faults, ids, after, dialed } = await delayed(t);
  t.false(await after(HOUR));
  for (const id of ids) faults.list.change(id, { attributes: { delay: '31m' } });
  t.false(await after(HOUR / 30 - 1));
  await after(1);
  t.truthy(await dialed);
});
