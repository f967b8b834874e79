import test from 'ava';
import { connectionsWithin, controlConnections } from '../../lib/running/descriptor-budget.js';

const ONE = { proxies: 1, hanging: 0, hasStandIn: false };

test('half of the descriptors that are not reserved are for connections, and a third with a stand-in', (t) => {
  // 64 of the process, 25 of the control API, 2 of the listener.
  t.is(connectionsWithin(200, ONE), 54);
  t.is(connectionsWithin(200, { ...ONE, hasStandIn: true }), 36);
  t.is(connectionsWithin(1024, ONE), 415);
  t.is(connectionsWithin(1_048_576, ONE), 523_743);
});

test('without a limit on descriptors there is none on connections', (t) => {
  t.is(connectionsWithin(null, ONE), Number.POSITIVE_INFINITY);
});

test('listeners reserve descriptors, and more of them while they do not accept', (t) => {
  t.is(connectionsWithin(1024, { ...ONE, proxies: 101 }), 315);
  t.is(connectionsWithin(1024, { ...ONE, hanging: 1 }), 409);
});

test('a limit below the reserve leaves no connections', (t) => {
  t.is(connectionsWithin(60, ONE), 0);
});

test('the control API has an eighth of the descriptors, and at most 1,024', (t) => {
  t.deepEqual([200, 1024, 20_000, null].map(controlConnections), [25, 128, 1_024, 1_024]);
});
