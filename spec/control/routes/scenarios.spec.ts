import test from 'ava';
import { startControl } from '../../support/control.js';
import { listening } from '../../support/instance.js';
import { until } from '../../support/rabbitmq/until.js';
import { HEADER } from '../../support/relayed.js';
import { dialWire } from '../../support/wire.js';

// No connection may end because a busy machine is slow.
const CONFIG = 'listen: 127.0.0.1:0\nupstream: stand-in\nhandshakeTimeout: 10m';

test('a scenario is active when the response arrives, and its faults end with it', async (t) => {
  const { call } = await startControl(t, CONFIG);
  const steps = [{ type: 'noop' }, { type: 'latency', after: '1h' }];
  const begun = await call('POST', '/scenarios', { steps });
  t.is(begun.status, 201);
  t.like(begun.body, { id: 'scenario-1', name: null, lease: null, faults: ['amqp/noop_downstream'] });
  t.like((await call('GET', '/scenarios')).body, [{ id: 'scenario-1', steps: begun.body.steps }]);
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

test('a lease that is not renewed expires and removes the faults', async (t) => {
  const { call, instance } = await startControl(t, CONFIG);
  await call('POST', '/scenarios', { steps: [{ type: 'noop' }], lease: '10ms' });
  t.truthy(await until(() => instance.faults.list.all.length === 0, 10_000));
  t.deepEqual((await call('GET', '/scenarios')).body, []);
});

test('a renewed lease begins again', async (t) => {
  const { call } = await startControl(t, CONFIG);
  const { body } = await call('POST', '/scenarios', { steps: [{ type: 'noop' }], lease: '1h' });
  t.is(body.lease, 3_600_000);
  const left = async () => (await call('GET', '/scenarios')).body[0].leaseLeftMs;
  const before = await until(async () => ((await left()) < body.lease - 5 ? left() : undefined), 10_000);
  t.true((before ?? 0) > 0);
  const renewed = await call('POST', `/scenarios/${body.id}/renew`);
  t.is(renewed.status, 200);
  t.is(renewed.body.leaseLeftMs, body.lease);
  t.is((await call('GET', '/faults')).body.length, 1);
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

const post = (url: string, path: string, type: string, body: string) =>
  fetch(`${url}${path}`, { method: 'POST', headers: { 'Content-Type': type }, body });

for (const type of ['application/yaml', 'text/yaml; charset=utf-8', 'application/x-yaml']) {
  test(`a scenario in ${type} starts, with a name`, async (t) => {
    const { url, call } = await startControl(t, CONFIG);
    const yaml = '# Slow\nsteps:\n  - {type: latency, attributes: {latency: 2s}, until: 1m}\nlease: 30s\n';
    const response = await post(url, '/scenarios?name=slow%20down', type, yaml);
    t.is(response.status, 201, await response.clone().text());
    const [shown] = (await call('GET', '/scenarios')).body;
    t.like(shown, { id: 'scenario-1', name: 'slow down', lease: 30_000, round: 1, rounds: 1 });
    t.true(shown.leftMs > 0 && shown.leftMs <= 60_000 && shown.leaseLeftMs <= 30_000);
    t.deepEqual(shown.steps, [{ what: 'latency latency=2s', proxy: 'amqp', after: 0, until: 60_000, state: 'active' }]);
  });
}

test('an error in YAML has its line and column, and the name of the scenario', async (t) => {
  const { url, call } = await startControl(t, CONFIG);
  const problem = async (path: string, yaml: string) => {
    const response = await post(url, path, 'application/yaml', yaml);
    return [response.status, ((await response.json()) as { error: string }).error];
  };
  t.deepEqual(await problem('/scenarios?name=slow', 'steps:\n  - type: latency\n    untl: 3s\n'), [
    400,
    'slow:2:5: steps[0] has an unknown key "untl" (did you mean "until"?)',
  ]);
  const [status, error] = await problem('/scenarios', 'steps: [');
  t.is(status, 400);
  t.regex(String(error), /^scenario:1:9: not valid YAML/);
  t.deepEqual(await problem('/scenarios', ''), [400, 'scenario:1:1: a scenario must be a map, not null']);
  t.deepEqual((await call('GET', '/scenarios')).body, []);
});

test('YAML is limited like any other body', async (t) => {
  const { url } = await startControl(t, CONFIG);
  const response = await post(url, '/scenarios', 'application/yaml', `#${'x'.repeat(1_048_576)}`);
  t.is(response.status, 413);
});

test('a name is at most 255 characters long and has no control characters', async (t) => {
  const { call } = await startControl(t, CONFIG);
  const steps = [{ type: 'noop' }];
  t.is((await call('POST', `/scenarios?name=${'x'.repeat(256)}`, { steps })).status, 400);
  t.is((await call('POST', '/scenarios?name=a%0Ab', { steps })).body.name, 'a.b');
});

test('the scenarios that come with the package start as they are', async (t) => {
  const { url, call } = await startControl(t, CONFIG);
  const { body: files } = await call('GET', '/scenario-files');
  t.true(files.length >= 25);
  for (const { name, text } of files) {
    const started = await post(url, `/scenarios?name=${name}`, 'application/yaml', text);
    // A proxy without TLS has no use for them.
    const isSecured = text.includes('type: tls_');
    t.is(started.status, isSecured ? 400 : 201, name);
    if (isSecured) continue;
    const { id } = (await started.json()) as { id: string };
    t.is((await call('DELETE', `/scenarios/${id}`)).status, 204);
  }
});

test('a proxy can be given for the steps that do not name one', async (t) => {
  const proxy = (name: string) => `{name: ${name}, listen: "127.0.0.1:0", upstream: stand-in}`;
  const { call } = await startControl(t, `proxies: [${proxy('a')}, ${proxy('b')}]`);
  const steps = [{ type: 'noop' }, { type: 'latency', proxy: 'a' }];
  t.regex((await call('POST', '/scenarios', { steps })).body.error, /^steps\[0\]\.proxy must be given/);
  const { body } = await call('POST', '/scenarios?proxy=b', { steps });
  t.deepEqual(body.faults, ['b/noop_downstream', 'a/latency_downstream']);
  const lost = await call('POST', '/scenarios?proxy=c', { steps });
  t.deepEqual([lost.status, lost.body.error], [404, 'proxy "c" of fault "noop_downstream" not found']);
});
