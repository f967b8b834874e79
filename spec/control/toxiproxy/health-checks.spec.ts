import test from 'ava';
import { startControl } from '../../support/control.js';
import { listening } from '../../support/instance.js';
import { HEADER } from '../../support/relayed.js';
import { dialWire } from '../../support/wire.js';

// No connection may end because a busy machine is slow.
const CONFIG = 'listen: 127.0.0.1:0\nupstream: stand-in\nhandshakeTimeout: 10m';
const FAIL = [{ sources: ['127.0.0.1'], answer: 'fail' }];

for (const method of ['POST', 'PATCH'] as const) {
  test(`${method}: healthChecks can be changed while the proxy runs, from the next connection on`, async (t) => {
    const { call } = await startControl(t, CONFIG);
    const { body } = await call('GET', '/proxies/amqp');
    t.is(body.healthChecks, 'forward');
    const proxy = listening(body.listen);
    const before = await dialWire(t, proxy);
    await before.send(HEADER);
    await before.octets(100);
    const changed = await call(method, '/proxies/amqp', { healthChecks: FAIL });
    t.is(changed.status, 200);
    const full = [{ ...FAIL[0], style: null, failWith: 'rst' }];
    t.deepEqual(changed.body.healthChecks, full);
    t.deepEqual((await call('GET', '/proxies')).body.amqp.healthChecks, full);
    t.is(await (await dialWire(t, proxy)).how(), 'rst');
    // What is read can be written, and other changes keep it.
    t.deepEqual((await call(method, '/proxies/amqp', changed.body)).body.healthChecks, full);
    t.deepEqual((await call(method, '/proxies/amqp', { mode: 'observe' })).body.healthChecks, full);
    t.is((await call(method, '/proxies/amqp', { healthChecks: 'forward' })).body.healthChecks, 'forward');
    const after = await dialWire(t, proxy);
    await after.send(HEADER);
    await after.octets(100);
    for (const wire of [before, after]) wire.rst();
  });
}

test('a proxy can be created with healthChecks', async (t) => {
  const { call } = await startControl(t, CONFIG);
  const made = await call('POST', '/proxies', {
    name: 'other',
    listen: '127.0.0.1:0',
    upstream: '127.0.0.1:9',
    healthChecks: FAIL,
  });
  t.is(made.status, 201);
  t.is(await (await dialWire(t, listening(made.body.listen))).how(), 'rst');
});

for (const [healthChecks, message] of [
  ['off', 'healthChecks must be one of local, forward, fail, or a list of rules, not "off"'],
  [[{ sources: ['x'], answer: 'fail' }], 'healthChecks[0].sources[0] must be an IP address or a subnet'],
  [[{ sources: ['::1'], answer: 'fail', style: 'hold' }], 'healthChecks[0].style must be one of'],
  [{}, 'healthChecks must be one of'],
  [7, 'healthChecks must be one of'],
] as const) {
  test(`${JSON.stringify(healthChecks)} is a 400 that says why, and changes nothing`, async (t) => {
    const { call } = await startControl(t, CONFIG);
    const refused = await call('PATCH', '/proxies/amqp', { healthChecks });
    t.is(refused.status, 400);
    t.true(refused.body.error.includes(message), refused.body.error);
    t.is((await call('GET', '/proxies/amqp')).body.healthChecks, 'forward');
  });
}

test('a rule that the mode of the proxy cannot apply is a 400, whichever of the two is changed', async (t) => {
  const { call } = await startControl(t, CONFIG);
  const healthChecks = [{ sources: ['::1'], answer: 'fail', style: 'http' }];
  const both = await call('PATCH', '/proxies/amqp', { mode: 'observe', healthChecks });
  t.is(both.status, 400);
  t.regex(both.body.error, /^healthChecks of proxy amqp must not have a rule with the style http in observe mode/);
  t.is((await call('PATCH', '/proxies/amqp', { healthChecks })).status, 200);
  t.is((await call('PATCH', '/proxies/amqp', { mode: 'observe' })).status, 400);
  t.is((await call('GET', '/proxies/amqp')).body.mode, 'guard');
  const local = [{ sources: ['::1'], answer: 'fail', style: 'proxy_local' }];
  t.is((await call('PATCH', '/proxies/amqp', { mode: 'observe', healthChecks: local })).status, 200);
});
