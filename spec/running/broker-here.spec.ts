import test from 'ava';
import { acceptsConnections } from '../../lib/running/broker-here.js';
import { deadPort } from '../support/server.js';
import { startUpstream } from '../support/upstream.js';

test('what accepts connections is told by a connect that sends nothing', async (t) => {
  const upstream = await startUpstream(t);
  t.true(await acceptsConnections(upstream));
  const wire = await upstream.next();
  await wire.ended;
  t.is(wire.receivedLength, 0);
});

test('a port that nobody listens on, and a host that nobody knows, accept none', async (t) => {
  t.false(await acceptsConnections({ host: '127.0.0.1', port: await deadPort() }));
  t.false(await acceptsConnections({ host: 'no-such-host.invalid', port: 5672 }));
});
