import test from 'ava';
import { acceptsConnections } from '../../lib/running/broker-here.js';
import { deadPort } from '../support/server.js';
import { startUpstream } from '../support/upstream.js';

test('an address that accepts connections is recognized without sending anything', async (t) => {
  const upstream = await startUpstream(t);
  t.true(await acceptsConnections(upstream));
  const wire = await upstream.next();
  await wire.ended;
  t.is(wire.receivedLength, 0);
});

test('a port without a listener and an unknown host accept no connections', async (t) => {
  t.false(await acceptsConnections({ host: '127.0.0.1', port: await deadPort() }));
  t.false(await acceptsConnections({ host: 'no-such-host.invalid', port: 5672 }));
});
