import test from 'ava';
import { FaultList } from '../../lib/faults/fault-list.js';
import { parseFault } from '../../lib/faults/parse-fault.js';
import { concat, frame, broker as said, client as says } from '../support/bytes.js';
import { startFaulty } from '../support/faults.js';
import { ManualClock } from '../support/manual-clock.js';
import { HEADER } from '../support/relayed.js';
import { dialWire } from '../support/wire.js';

const HOUR = 3_600_000;
const OCTETS = Buffer.from(Array.from({ length: 40_000 }, (_, at) => at % 251));
const HANDSHAKE = { handshakeTimeout: 100 * HOUR, mode: 'observe' } as const;
const BLOCKED = frame({ name: 'connection.blocked', reason: 'low on memory' });
const UNBLOCKED = frame({ name: 'connection.unblocked' });

/** Lets octets that are under way arrive: those that a fault lets pass would. */
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
};

test('the end of a window takes a link out of open connections without loss, and the next one puts it back', async (t) => {
  const clock = new ManualClock();
  const when = { every: '1h', for: '10m' };
  const faults = [{ type: 'bandwidth', attributes: { rate: 0 }, when }] as const;
  const { connect, faults: all } = await startFaulty(t, faults, { ...HANDSHAKE, clock });
  const { client, broker } = await connect();
  const [live] = all.list.all;
  if (!live) return t.fail();
  let sent = 0;
  for (let window = 0; window < 3; window++) {
    t.is(all.list.stateOf(live).state, 'active');
    await broker.send(OCTETS);
    await turns();
    t.is(client.receivedLength, sent, 'nothing passes in a window');
    clock.advance(HOUR / 6);
    t.is(all.list.stateOf(live).state, 'pausing');
    await broker.send(OCTETS);
    sent += 2 * OCTETS.length;
    await client.arrived(sent);
    clock.advance((HOUR / 6) * 5);
  }
  t.deepEqual(client.received, Buffer.concat(Array.from({ length: 6 }, () => OCTETS)));
  t.is(live.hits, 1, 'a connection counts once');
});

test('a handshake fault acts again on an open connection in each window', async (t) => {
  const clock = new ManualClock();
  const { connect, faults } = await startFaulty(t, [], { ...HANDSHAKE, clock });
  const { client, broker } = await connect();
  const startOk = says.startOk({ properties: { capabilities: { 'connection.blocked': true } } });
  const handshake = concat(said.start(), said.tune(), said.openOk());
  await broker.send(said.start());
  await client.send(concat(startOk, says.tuneOk(), says.open()));
  await broker.octets(HEADER.length + startOk.length + says.tuneOk().length + says.open().length);
  await broker.send(concat(said.tune(), said.openOk()));
  await client.octets(handshake.length);
  const when = { every: '1h', for: '10m', after: '5m' };
  faults.list.add([parseFault({ type: 'amqp_blocked', proxy: 'amqp', when })]);
  let expected: Uint8Array = handshake;
  clock.advance(HOUR / 12);
  for (let window = 0; window < 3; window++) {
    expected = concat(expected, BLOCKED);
    await client.octets(expected.length);
    clock.advance(HOUR / 6);
    expected = concat(expected, UNBLOCKED);
    await client.octets(expected.length);
    clock.advance((HOUR / 6) * 5);
  }
  expected = concat(expected, BLOCKED);
  t.deepEqual(await client.octets(expected.length), Buffer.from(expected));
});

test('a proxy refuses connects in each window, and accepts them between two', async (t) => {
  const clock = new ManualClock();
  const when = { every: '1h', for: '10m' };
  const { proxy } = await startFaulty(t, [{ type: 'connect_refuse', when }], { ...HANDSHAKE, clock });
  await proxy.proxy.settleListener();
  for (let window = 0; window < 2; window++) {
    const refused = await dialWire(t, proxy).then(
      (wire) => wire.how(),
      () => 'refused',
    );
    t.is(refused, 'refused');
    clock.advance(HOUR / 6);
    await proxy.proxy.settleListener();
    await (await dialWire(t, proxy)).send(HEADER);
    clock.advance((HOUR / 6) * 5);
    await proxy.proxy.settleListener();
  }
});

test('a ramp of latency delays what arrives later by more, on an open connection', async (t) => {
  const clock = new ManualClock();
  const ramp = { from: 0, to: '2h', over: '4h' };
  const { connect } = await startFaulty(t, [{ type: 'latency', attributes: { latency: ramp } }], {
    ...HANDSHAKE,
    clock,
  });
  const { client, broker } = await connect();
  let length = 0;
  const delayOf = async (): Promise<number> => {
    await broker.send(OCTETS.subarray(0, 10));
    await turns();
    let waited = 0;
    for (; client.receivedLength === length; waited += HOUR / 4) {
      clock.advance(HOUR / 4);
      await turns();
    }
    length += 10;
    return waited / HOUR;
  };
  clock.advance(HOUR);
  t.is(await delayOf(), 0.5);
  clock.advance(HOUR / 2);
  t.is(await delayOf(), 1);
  clock.advance(10 * HOUR);
  t.is(await delayOf(), 2);
  t.is(await delayOf(), 2, 'it stays');
});

test('bytes that wait because a rate is 0 pass when its ramp is no longer 0', async (t) => {
  const clock = new ManualClock();
  const attributes = { rate: { from: 0, to: 10, over: '10h' } };
  const { connect, faults } = await startFaulty(t, [{ type: 'bandwidth', attributes }], { ...HANDSHAKE, clock });
  const { client, broker } = await connect();
  await broker.send(OCTETS.subarray(0, 1_000));
  await turns();
  t.is(client.receivedLength, 0);
  clock.advance(HOUR / 2 - 1);
  await turns();
  t.is(client.receivedLength, 0);
  // At 1 octet a millisecond, in pieces of at most 100 ms.
  for (let waited = 0; client.receivedLength < 1_000 && waited < 3_000; waited += 50) {
    clock.advance(50);
    await turns();
  }
  t.deepEqual(client.received, OCTETS.subarray(0, 1_000));
  const timers = clock.timers;
  faults.list.remove('amqp/bandwidth_downstream');
  t.true(clock.timers <= timers);
});

test('a connection that ends leaves no timer of a ramp', async (t) => {
  const clock = new ManualClock();
  const attributes = { rate: { from: 0, to: 10, over: '10h' } };
  const { connect, proxy } = await startFaulty(t, [{ type: 'bandwidth', attributes }], { ...HANDSHAKE, clock });
  const before = clock.timers;
  const { client } = await connect();
  t.true(clock.timers > before);
  client.rst();
  await proxy.nextReport();
  t.is(clock.timers, before);
});

test('a delay of a handshake fault is that of the time at which it acts', async (t) => {
  const clock = new ManualClock();
  const attributes = { at: 'start', delay: { from: '1h', to: '3h', over: '2h' } } as const;
  const { connect } = await startFaulty(t, [{ type: 'amqp_fin', attributes }], { ...HANDSHAKE, clock });
  const { client, broker } = await connect();
  clock.advance(HOUR);
  await broker.send(said.start());
  await turns();
  clock.advance(2 * HOUR - 1);
  await turns();
  let isOver = false;
  void client.ended.then(() => {
    isOver = true;
  });
  await turns();
  t.false(isOver);
  clock.advance(1);
  t.is(await client.how(), 'fin');
});

test('random windows are the same on two instances with the same seed', (t) => {
  const changesOf = (seed: number): number[] => {
    const clock = new ManualClock();
    const times: number[] = [];
    const list = new FaultList({ seed, clock, connectionsOf: () => 0, changed: () => times.push(clock.ticks()) });
    list.add([parseFault({ type: 'noop', proxy: 'amqp', when: { every: '20s..40s', for: '1s..5s' } })]);
    for (let second = 0; second < 6_000; second++) clock.advance(100);
    list.dispose();
    t.is(clock.timers, 0);
    return times;
  };
  const times = changesOf(1);
  t.true(times.length > 20);
  t.deepEqual(changesOf(1), times);
  t.notDeepEqual(changesOf(2), times);
});
