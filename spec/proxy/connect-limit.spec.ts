import { setImmediate } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { startFaulty } from '../support/faults.js';
import { ManualClock } from '../support/manual-clock.js';
import { HEADER } from '../support/relayed.js';
import { dialWire, type Wire } from '../support/wire.js';

/** A proxy that serves one new connection a second, and two at once. */
async function limited(t: ExecutionContext, attributes: object, more: object = {}) {
  const clock = new ManualClock();
  const fault = { name: 'here', type: 'connect_limit', attributes: { rate: 1, burst: 2, ...attributes }, ...more };
  const faulty = await startFaulty(t, [fault as never], { clock });
  const dial = async (): Promise<Wire> => {
    const before = faulty.faults.of('amqp').connections;
    const client = await dialWire(t, faulty.proxy);
    await client.send(HEADER);
    // Accepted before the next one, so that they are in order.
    while (faulty.faults.of('amqp').connections === before) await setImmediate();
    return client;
  };
  return { ...faulty, clock, dial };
}

test('with rst two connections are served, the next one is reset, and a second later another one is served', async (t) => {
  const { dial, upstream, proxy, clock, faults } = await limited(t, {});
  const [first, , third] = [await dial(), await dial(), await dial()];
  t.is(await third?.how(), 'rst');
  t.is(third?.receivedLength, 0);
  t.like(await proxy.nextReport(), {
    decision: 'fault',
    reason: { name: 'fault', term: 'fault: here', severity: 'info' },
    fault: { id: 'amqp/here', type: 'connect_limit', at: 'accept' },
    ended: { by: 'proxy', clientSaw: 'rst' },
    upstream: null,
  });
  clock.advance(1_000);
  await dial();
  for (let nth = 0; nth < 3; nth++) await (await upstream.next()).octets(HEADER.length);
  t.is(upstream.connections, 3);
  t.is(faults.list.get('amqp/here')?.hits, 1, 'only a connection over the limit is a hit');
  first?.rst();
  t.like(await proxy.nextReport(), { decision: 'forward', faults: [] });
});

test('with hang the others wait unread, in order, until it is their turn', async (t) => {
  const { dial, upstream, proxy, clock } = await limited(t, { then: 'hang' });
  const clients = [await dial(), await dial(), await dial(), await dial(), await dial()] as const;
  for (let nth = 0; nth < 2; nth++) await upstream.next();
  clock.advance(999);
  clients[2].rst();
  t.like(await proxy.nextReport(), {
    client: clients[2].address,
    reason: { name: 'connection_closed_with_no_data_received' },
    ended: { by: 'client', clientSent: 'rst' },
  });
  t.is(upstream.connections, 2);
  clock.advance(1);
  const third = await upstream.next();
  await third.octets(HEADER.length);
  await third.send('fourth');
  await clients[3].octets(6);
  t.deepEqual([clients[4].close, upstream.connections], [null, 3]);
  clock.advance(1_000);
  await upstream.next();
});

test('removed, it lets those that wait continue at once', async (t) => {
  const { dial, upstream, clock, faults } = await limited(t, { then: 'hang', burst: 1 });
  for (let nth = 0; nth < 4; nth++) await dial();
  faults.list.remove('amqp/here');
  for (let nth = 0; nth < 4; nth++) await (await upstream.next()).octets(HEADER.length);
  t.is(clock.timers, 4, 'only the handshake timeouts');
});

test('connections that conditions leave out are neither limited nor counted', async (t) => {
  const { dial, upstream, proxy } = await limited(t, { burst: 1 }, { when: { connection: 'every 2nd' } });
  const clients = [await dial(), await dial(), await dial(), await dial()] as const;
  t.is(await clients[3].how(), 'rst');
  for (let nth = 0; nth < 3; nth++) await upstream.next();
  t.like(await proxy.nextReport(), { ended: { clientSaw: 'rst' }, fault: { type: 'connect_limit' } });
});
