import test from 'ava';
import type { FaultInput } from '../../../lib/faults/fault.js';
import { startFaulty } from '../../support/faults.js';
import { ManualClock } from '../../support/manual-clock.js';
import { randomOctets, sha1 } from '../../support/pour.js';
import { HEADER } from '../../support/relayed.js';
import type { Wire } from '../../support/wire.js';

const MIB = 1024 ** 2;

/** A connection that is open on both sides, and another that the fault does not match. */
async function opened(t: Parameters<typeof startFaulty>[0], attributes: object, more: object = {}) {
  const clock = new ManualClock();
  const fault = { name: 'here', type: 'cut', when: { connection: '1' }, attributes, ...more } as FaultInput;
  const faulty = await startFaulty(t, [fault], { mode: 'observe', clock });
  const [first, other] = [await faulty.connect(), await faulty.connect()];
  return { ...faulty, ...first, other, clock };
}

/** Sends without an end, as fast as the other side reads. */
function flood(wire: Wire): void {
  const more = (): void => {
    if (wire.close === null) void wire.send(randomOctets(MIB)).then(() => setImmediate(more));
  };
  more();
}

for (const close of ['rst', 'fin'] as const) {
  test(`cut after 3,000,001 bytes to a client that reads slowly, with ${close}: exactly these arrive, under constant traffic of both sides`, async (t) => {
    const bytes = 3_000_001;
    const { client, broker, other, proxy } = await opened(t, { bytes, close });
    client.pause();
    flood(client);
    void broker.send(randomOctets(32 * MIB));
    await broker.octets(HEADER.length + MIB);
    client.resume();
    t.is(await client.how(), close);
    t.is(client.receivedLength, bytes);
    t.is(sha1(client.received), sha1(randomOctets(bytes)));
    t.is(await broker.how(), close);
    client.destroy();
    broker.destroy();
    t.like(await proxy.nextReport(), {
      decision: 'fault',
      reason: { name: 'fault', term: 'fault: here' },
      fault: { id: 'amqp/here', type: 'cut' },
      ended: { by: 'proxy', clientSaw: close, upstreamSaw: close },
      octets: { sent: bytes },
    });
    await other.client.send('still there');
    await other.broker.octets(HEADER.length + 11);
  });

  test(`cut after 2,000,003 bytes to a broker that reads slowly, with ${close}: exactly these arrive`, async (t) => {
    const bytes = 2_000_003;
    const { client, broker } = await opened(t, { bytes, close }, { stream: 'upstream' });
    broker.pause();
    void client.send(randomOctets(8 * MIB));
    await broker.send('answer');
    await client.octets(6);
    broker.resume();
    t.is(await broker.how(), close);
    t.is(broker.receivedLength, bytes);
    t.is(await client.how(), close);
  });

  test(`cut after a time with ${close} changes nothing before it`, async (t) => {
    const { client, broker, clock, faults, other } = await opened(t, { delay: '10s', close });
    clock.advance(9_999);
    await broker.send('abc');
    await client.octets(3);
    clock.advance(1);
    t.deepEqual([await client.how(), await broker.how()], [close, close]);
    t.is(client.receivedLength, 3);
    t.is(faults.list.get('amqp/here')?.hits, 1);
    other.client.fin();
    t.is(await other.broker.how(), 'fin');
  });
}

test('cut closes at the first of its limits, and an older connection at once', async (t) => {
  const { client, broker, clock, other, faults } = await opened(t, { delay: '10s', bytes: HEADER.length + 2 });
  clock.advance(5_000);
  await broker.send(HEADER);
  await broker.send('abc');
  t.is(await client.how(), 'rst');
  t.is(client.receivedLength, HEADER.length + 2);
  faults.list.change('amqp/here', { when: { connection: '2' }, attributes: { delay: '4s' } });
  clock.advance(0);
  t.is(await other.client.how(), 'rst');
});

test('cut that is removed or changed in time loses nothing', async (t) => {
  const { client, broker, faults, clock } = await opened(t, { bytes: 10, delay: '10s' });
  await broker.send('12345');
  await client.octets(5);
  faults.list.change('amqp/here', { attributes: { bytes: 12, delay: '20s' } });
  clock.advance(10_000);
  await broker.send('67890');
  await client.octets(10);
  faults.list.remove('amqp/here');
  clock.advance(20_000);
  await broker.send('abcdef');
  await client.octets(16);
  t.is(client.received.toString(), '1234567890abcdef');
  broker.fin();
  t.is(await client.how(), 'fin');
  t.is(clock.timers, 0);
});
