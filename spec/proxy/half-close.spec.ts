import test from 'ava';
import { startRelaying } from '../support/relayed.js';

test("the client's FIN is a FIN to the upstream, which can continue to send until its own", async (t) => {
  const { proxy, connect } = await startRelaying(t);
  const { client, broker } = await connect();
  client.fin();
  t.is(await broker.how(), 'fin');
  for (const part of ['one', 'two', 'three']) {
    await broker.send(part);
    await client.octets(client.receivedLength + part.length);
  }
  broker.fin();
  t.is(await client.how(), 'fin');
  t.is(client.received.toString(), 'onetwothree');
  t.like(await proxy.nextReport(), {
    decision: 'forward',
    reason: { name: 'connection_closed_abruptly' },
    ended: { by: 'client', clientSent: 'fin', clientSaw: 'fin', upstreamSent: 'fin', upstreamSaw: 'fin' },
    octets: { received: 8, sent: 11 },
  });
});

test("the upstream's FIN is a FIN to the client, which can continue to send until its own", async (t) => {
  const { proxy, connect } = await startRelaying(t);
  const { client, broker } = await connect();
  broker.fin();
  t.is(await client.how(), 'fin');
  for (const part of ['one', 'two', 'three']) {
    await client.send(part);
    await broker.octets(broker.receivedLength + part.length);
  }
  client.fin();
  t.is(await broker.how(), 'fin');
  t.is(broker.received.toString('latin1', 8), 'onetwothree');
  t.like(await proxy.nextReport(), {
    reason: { name: 'upstream_closed' },
    ended: { by: 'upstream', clientSent: 'fin', clientSaw: 'fin', upstreamSent: 'fin', upstreamSaw: 'fin' },
    octets: { received: 19, sent: 0 },
  });
});

test('bytes directly followed by a FIN are relayed as both, 100 times in each direction', async (t) => {
  const { proxy, connect } = await startRelaying(t);
  const octets = Buffer.alloc(3000, 'x');
  for (let at = 0; at < 100; at++) {
    const { client, broker } = await connect();
    const [from, to] = at % 2 === 0 ? [client, broker] : [broker, client];
    void from.send(octets);
    from.fin();
    t.is(await to.how(), 'fin');
    t.deepEqual(to.received.subarray(-3000), octets);
    void to.send(octets);
    to.fin();
    t.is(await from.how(), 'fin');
    t.deepEqual(from.received.subarray(-3000), octets);
    await proxy.nextReport();
  }
  t.deepEqual(
    new Set(
      proxy.reports.map(({ ended: { clientSent, clientSaw, upstreamSent, upstreamSaw } }) =>
        [clientSent, clientSaw, upstreamSent, upstreamSaw].join(' '),
      ),
    ),
    new Set(['fin fin fin fin']),
  );
});
