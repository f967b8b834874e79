import test from 'ava';
import { FAULT_TYPES } from '../../../lib/faults/registry.js';
import { startControl } from '../../support/control.js';
import { listening } from '../../support/instance.js';
import { HEADER } from '../../support/relayed.js';
import { requiredAttributes } from '../../support/required-attributes.js';
import { dialWire } from '../../support/wire.js';

const CONFIG = 'listen: 127.0.0.1:0\nupstream: stand-in';

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

for (const { name, attributes: declared } of FAULT_TYPES) {
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
