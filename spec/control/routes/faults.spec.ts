import test from 'ava';
import { FAULT_TYPES } from '../../../lib/faults/registry.js';
import { startControl } from '../../support/control.js';
import { listening } from '../../support/instance.js';
import { HEADER } from '../../support/relayed.js';
import { requiredAttributes } from '../../support/required-attributes.js';
import { dialWire } from '../../support/wire.js';

// No connection may end because a busy machine is slow.
const CONFIG = 'listen: 127.0.0.1:0\nupstream: stand-in\nhandshakeTimeout: 10m';

test('a fault is added, shown with its hits, changed, and removed', async (t) => {
  const { call, instance } = await startControl(t, CONFIG);
  const added = await call('POST', '/faults', { type: 'amqp_reset', attributes: { at: 'header' }, times: 2 });
  t.is(added.status, 201);
  t.like(added.body, { id: 'amqp/amqp_reset_downstream', proxy: 'amqp', times: 2, hits: 0, seen: [] });
  const wire = await dialWire(t, listening(instance.proxies.all[0]?.listen));
  await wire.send(HEADER);
  t.is(await wire.how(), 'rst');
  const shown = await call('GET', '/faults/amqp%2Famqp_reset_downstream');
  t.like(shown.body, { hits: 1, seen: [{ at: 'header', stage: 'header' }] });
  t.deepEqual((await call('GET', '/faults')).body, [shown.body]);
  t.deepEqual((await call('GET', '/faults?proxy=other')).body, []);
  const changed = await call('PATCH', '/faults/amqp%2Famqp_reset_downstream', { times: 5 });
  t.like(changed.body, { times: 5, hits: 1 });
  t.is((await call('DELETE', '/faults/amqp%2Famqp_reset_downstream')).status, 204);
  t.is((await call('DELETE', '/faults/amqp%2Famqp_reset_downstream')).status, 404);
});

test('faults added with removeAfter are removed after that time', async (t) => {
  const { call, url } = await startControl(t, CONFIG);
  const events = await fetch(`${url}/events`);
  const added = await call('POST', '/faults?removeAfter=250ms', [
    { type: 'noop' },
    { type: 'noop', stream: 'upstream' },
  ]);
  const { addedAt, removedAt } = added.body[0];
  t.is(Date.parse(removedAt) - Date.parse(addedAt), 250);
  const { body: stays } = await call('POST', '/faults', { type: 'noop', name: 'stays' });
  t.is(stays.removedAt, null);
  let received = '';
  for await (const chunk of events.body ?? []) {
    received += Buffer.from(chunk).toString();
    if (received.match(/"action":"removed"/g)?.length === 2) break;
  }
  t.deepEqual((await call('GET', '/faults')).body, [stays]);
});

test('removeAfter is a duration of more than 0', async (t) => {
  const { call } = await startControl(t, CONFIG);
  for (const wrong of ['', '0s', '30', '-1s', '25h', 'x']) {
    const { status, body } = await call('POST', `/faults?removeAfter=${wrong}`, { type: 'noop' });
    const rule = 'a duration with a unit, such as 250ms, 10s or 2m, more than 0 and up to 24h';
    t.deepEqual([status, body.error], [400, `removeAfter must be ${rule}, not "${wrong}"`]);
  }
  t.deepEqual((await call('GET', '/faults')).body, []);
});

test('the list of faults has only the last connections of each, as many as asked for', async (t) => {
  const { call, instance } = await startControl(t, CONFIG);
  await call('POST', '/faults', { type: 'amqp_reset', attributes: { at: 'header' } });
  for (let hits = 0; hits < 3; hits += 1) {
    const wire = await dialWire(t, listening(instance.proxies.all[0]?.listen));
    await wire.send(HEADER);
    t.is(await wire.how(), 'rst');
  }
  const seen = async (query: string) => (await call('GET', `/faults${query}`)).body[0].seen;
  const all = await seen('');
  t.is(all.length, 3);
  t.deepEqual(await seen('?seen=2'), all.slice(1));
  t.deepEqual(await seen('?seen=0'), []);
  for (const wrong of ['x', '-1', '1001', '']) {
    const { status, body } = await call('GET', `/faults?seen=${wrong}`);
    t.deepEqual([status, body.error], [400, `seen must be a whole number up to 1000, not "${wrong}"`]);
  }
});

test('a fault that is switched off does not act, and acts again when it is switched on', async (t) => {
  const { call, instance } = await startControl(t, CONFIG);
  const { body: added } = await call('POST', '/faults', { type: 'amqp_reset', attributes: { at: 'header' } });
  t.true(added.enabled);
  const path = '/faults/amqp%2Famqp_reset_downstream';
  const off = await call('PATCH', path, { enabled: false });
  t.deepEqual([off.status, off.body], [200, { ...added, enabled: false, state: 'off' }]);
  t.deepEqual((await call('POST', '/classify', { text: 'AMQP' })).body.faults, []);
  const unharmed = await dialWire(t, listening(instance.proxies.all[0]?.listen));
  await unharmed.send(HEADER);
  await unharmed.octets(100);
  t.like((await call('GET', path)).body, { hits: 0, seen: [] });
  t.true((await call('PATCH', path, { enabled: true })).body.enabled);
  const wire = await dialWire(t, listening(instance.proxies.all[0]?.listen));
  await wire.send(HEADER);
  t.is(await wire.how(), 'rst');
});

test('enabled is true or false, and only of a fault that exists', async (t) => {
  const { call } = await startControl(t, CONFIG);
  t.is((await call('POST', '/faults', { type: 'noop', enabled: false })).status, 400);
  await call('POST', '/faults', { type: 'noop' });
  const wrong = await call('PATCH', '/faults/amqp%2Fnoop_downstream', { enabled: 'maybe' });
  t.deepEqual([wrong.status, wrong.body.error], [400, 'enabled must be true or false, not "maybe"']);
  t.true((await call('GET', '/faults')).body[0].enabled);
});

test('a fault is shown with the time at which it was added and the scenario that added it', async (t) => {
  const { call } = await startControl(t, CONFIG);
  const before = Date.now();
  const { body: direct } = await call('POST', '/faults', { type: 'noop' });
  t.true(Date.parse(direct.addedAt) >= before && Date.parse(direct.addedAt) <= Date.now());
  t.is(direct.scenario, null);
  await call('POST', '/scenarios', { steps: [{ type: 'latency' }] });
  const { body: all } = await call('GET', '/faults');
  t.deepEqual(
    all.map(({ scenario }: { scenario: string }) => scenario),
    [null, 'scenario-1'],
  );
  t.is(all[0].addedAt, direct.addedAt);
});

test('a toxic that is off is still a toxic, and a change of it leaves it off', async (t) => {
  const { call } = await startControl(t, CONFIG);
  await call('POST', '/proxies/amqp/toxics', { name: 'slow', type: 'latency' });
  const { body: before } = await call('GET', '/proxies/amqp/toxics/slow');
  await call('PATCH', '/faults/amqp%2Fslow', { enabled: false });
  t.deepEqual((await call('GET', '/proxies/amqp/toxics/slow')).body, before);
  await call('POST', '/proxies/amqp/toxics/slow', { attributes: { latency: 10 } });
  t.like((await call('GET', '/faults/amqp%2Fslow')).body, { enabled: false, attributes: { latency: 10 } });
  t.is((await call('POST', '/reset')).status, 204);
  t.deepEqual((await call('GET', '/faults')).body, []);
});

test('several faults are added together or not at all', async (t) => {
  const { call } = await startControl(t, CONFIG);
  const wrong = await call('POST', '/faults', [{ type: 'noop' }, { type: 'amqp_close', attributes: { code: 299 } }]);
  t.is(wrong.status, 400);
  t.regex(wrong.body.error, /code must be one of .* not 299/);
  t.deepEqual((await call('GET', '/faults')).body, []);
  const both = await call('POST', '/faults', [{ type: 'noop' }, { type: 'latency' }]);
  t.deepEqual(
    both.body.map(({ id }: { id: string }) => id),
    ['amqp/noop_downstream', 'amqp/latency_downstream'],
  );
  const taken = await call('POST', '/faults', [{ type: 'slicer' }, { type: 'noop' }]);
  t.is(taken.status, 409);
  t.is((await call('GET', '/faults')).body.length, 2);
});

test('a fault for an unknown proxy is a 404, and an instance without proxies requires the name', async (t) => {
  const { call } = await startControl(t);
  t.is((await call('POST', '/faults', { type: 'noop', proxy: 'nobody' })).status, 404);
  t.is((await call('POST', '/faults', { type: 'noop' })).status, 400);
});

for (const { name, acts, attributes: declared } of FAULT_TYPES) {
  if (acts === 'tls') {
    test(`${name} is refused on a proxy without tls, by both APIs and in a scenario`, async (t) => {
      const { call } = await startControl(t, CONFIG);
      const error = `${name} of fault "amqp/${name}_downstream" needs a proxy with tls, and proxy "amqp" has none`;
      const fault = await call('POST', '/faults', { type: name });
      t.deepEqual([fault.status, fault.body.error], [400, error]);
      const toxic = await call('POST', '/proxies/amqp/toxics', { type: name });
      t.deepEqual([toxic.status, toxic.body.error], [400, `bad request body: ${error}`]);
      const steps = [{ type: 'noop' }, { type: name, after: '1h' }];
      const scenario = await call('POST', '/scenarios', { steps });
      t.deepEqual([scenario.status, scenario.body.error], [400, error]);
      t.deepEqual((await call('GET', '/faults')).body, []);
    });
    continue;
  }
  test(`${name} is a toxic, and the same fault under /faults`, async (t) => {
    const { call } = await startControl(t, CONFIG);
    const attributes = requiredAttributes(declared);
    const toxic = await call('POST', '/proxies/amqp/toxics', { type: name, attributes });
    t.is(toxic.status, 200);
    const fault = await call('GET', `/faults/amqp%2F${toxic.body.name}`);
    t.deepEqual(fault.body.attributes, toxic.body.attributes);
    t.is((await call('DELETE', `/proxies/amqp/toxics/${toxic.body.name}`)).status, 204);
    t.is((await call('GET', `/faults/amqp%2F${toxic.body.name}`)).status, 404);
  });
}

test('conditions can be among the attributes of a toxic', async (t) => {
  const { call } = await startControl(t, CONFIG);
  const attributes = { at: 'start-ok', code: 403, user: 'app', times: 2 };
  const toxic = await call('POST', '/proxies/amqp/toxics', { type: 'amqp_close', attributes });
  t.like(toxic.body, { when: { user: 'app' }, times: 2, attributes: { at: 'start-ok', code: 403 } });
});

test('a fault is shown with the state that its schedule gives it, and when that changes', async (t) => {
  const { call } = await startControl(t, CONFIG);
  const shown = async (when: object): Promise<readonly unknown[]> => {
    const { body } = await call('POST', '/faults', { type: 'noop', name: JSON.stringify(when), when });
    return [body.state, body.changesAt === null ? null : Date.parse(body.changesAt) - Date.parse(body.addedAt)];
  };
  t.deepEqual(await shown({}), ['active', null]);
  t.deepEqual(await shown({ after: '1h' }), ['waiting', 3_600_000]);
  t.deepEqual(await shown({ every: '1h', for: '30m' }), ['active', 1_800_000]);
  const [state, changesIn] = await shown({ every: '1h..2h', for: '20m..30m' });
  t.is(state, 'active');
  t.true((changesIn as number) >= 1_200_000 && (changesIn as number) <= 1_800_000);
});

test('a ramp is shown as it was given and with its current value, and as a number in the API of Toxiproxy', async (t) => {
  const { call } = await startControl(t, CONFIG);
  const ramp = { from: 100, to: 200, over: '24h' };
  const { body } = await call('POST', '/faults', { type: 'latency', attributes: { latency: ramp, jitter: 5 } });
  t.deepEqual(body.attributes, { latency: { ...ramp, over: 86_400_000 }, jitter: 5 });
  t.deepEqual(body.valuesNow, { latency: 100 });
  const path = '/proxies/amqp/toxics/latency_downstream';
  t.deepEqual((await call('GET', path)).body.attributes, { latency: 100, jitter: 5 });
  const changed = await call('POST', path, { attributes: { jitter: 7 } });
  t.deepEqual(changed.body.attributes, { latency: 100, jitter: 7 });
  t.like((await call('GET', '/faults')).body[0].attributes, { latency: { to: 200 }, jitter: 7 });
  const added = { name: 'slow', type: 'bandwidth', attributes: { rate: { from: 5, to: 1, over: '24h' } } };
  t.deepEqual((await call('POST', '/proxies/amqp/toxics', added)).body.attributes, { rate: 5 });
});
