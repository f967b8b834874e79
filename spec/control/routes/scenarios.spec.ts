import test from 'ava';
import { startControl } from '../../support/control.js';
import { listening } from '../../support/instance.js';
import { until } from '../../support/rabbitmq/until.js';
import { HEADER } from '../../support/relayed.js';
import { dialWire } from '../../support/wire.js';

const CONFIG = 'listen: 127.0.0.1:0\nupstream: stand-in';

test('a scenario is active when the response arrives, and its faults end with it', async (t) => {
  const { call } = await startControl(t, CONFIG);
  const steps = [{ type: 'noop' }, { type: 'latency', after: '1h' }];
  const begun = await call('POST', '/scenarios', { steps });
  t.deepEqual([begun.status, begun.body], [201, { id: 'scenario-1', lease: null, faults: ['amqp/noop_downstream'] }]);
  t.deepEqual((await call('GET', '/scenarios')).body, [begun.body]);
  t.is((await call('GET', '/faults')).body.length, 1);
  t.is((await call('DELETE', '/scenarios/scenario-1')).status, 204);
  t.deepEqual((await call('GET', '/faults')).body, []);
  for (const [method, path] of [
    ['DELETE', '/scenarios/scenario-1'],
    ['POST', '/scenarios/scenario-1/renew'],
  ] as const) {
    t.is((await call(method, path)).status, 404);
  }
});

test('a lease that is not renewed expires and removes the faults; a renewed lease does not', async (t) => {
  const { call, instance } = await startControl(t, CONFIG);
  const { body } = await call('POST', '/scenarios', { steps: [{ type: 'noop' }], lease: 2_000 });
  t.is(body.lease, 2_000);
  const began = performance.now();
  while (performance.now() - began < 3_000) {
    t.is((await call('POST', `/scenarios/${body.id}/renew`)).status, 200);
    t.is((await call('GET', '/faults')).body.length, 1);
  }
  t.truthy(await until(() => instance.faults.list.all.length === 0, 10_000));
  t.deepEqual((await call('GET', '/scenarios')).body, []);
});

test('an invalid scenario is rejected with the reason, and changes nothing', async (t) => {
  const { call } = await startControl(t, CONFIG);
  const wrong = await call('POST', '/scenarios', { steps: [{ type: 'noop' }, { type: 'nope' }], lease: 'x' });
  t.is(wrong.status, 400);
  t.regex(wrong.body.error, /steps\[1\]\.type must be one of/);
  t.is((await call('POST', '/scenarios', { steps: [{ type: 'noop', proxy: 'nobody' }] })).status, 404);
  t.deepEqual((await call('GET', '/faults')).body, []);
});

test('a step can replace healthChecks until the scenario ends', async (t) => {
  const { call } = await startControl(t, CONFIG);
  const proxy = listening((await call('GET', '/proxies/amqp')).body.listen);
  const fail = [{ sources: ['127.0.0.1'], answer: 'fail' }];
  const begun = await call('POST', '/scenarios', { steps: [{ healthChecks: fail }, { type: 'noop' }] });
  t.deepEqual([begun.status, begun.body.faults], [201, ['amqp/noop_downstream']]);
  t.is(await (await dialWire(t, proxy)).how(), 'rst');
  t.is((await call('GET', '/proxies/amqp')).body.healthChecks, 'forward');
  await call('DELETE', `/scenarios/${begun.body.id}`);
  const wire = await dialWire(t, proxy);
  await wire.send(HEADER);
  await wire.octets(100);
  wire.rst();
});

test('a lease that expires undoes healthChecks', async (t) => {
  const { call, instance } = await startControl(t, CONFIG);
  await call('POST', '/scenarios', { steps: [{ healthChecks: 'fail' }], lease: '10ms' });
  t.truthy(await until(() => instance.faults.of('amqp').answering.current === undefined, 10_000));
});

test('a step whose healthChecks are not valid, or whose proxy does not exist, is rejected', async (t) => {
  const { call, instance } = await startControl(t, CONFIG);
  const wrong = await call('POST', '/scenarios', { steps: [{ healthChecks: [{ sources: ['x'], answer: 'fail' }] }] });
  t.is(wrong.status, 400);
  t.regex(wrong.body.error, /^steps\[0\]\.healthChecks\[0\]\.sources\[0\] must be an IP address/);
  const lost = await call('POST', '/scenarios', { steps: [{ healthChecks: 'fail', proxy: 'nobody' }] });
  t.deepEqual([lost.status, lost.body.error], [404, 'proxy "nobody" of healthChecks not found']);
  t.is(instance.faults.of('amqp').answering.current, undefined);
});
