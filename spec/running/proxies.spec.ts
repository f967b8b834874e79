import test from 'ava';
import { startControl } from '../support/control.js';
import { listening, makeInstance } from '../support/instance.js';
import { HEADER } from '../support/relayed.js';
import { dialWire } from '../support/wire.js';

const CONFIG = 'listen: 127.0.0.1:0\nupstream: stand-in';

test('a disabled proxy refuses connections at once and listens on the same port when enabled again', async (t) => {
  const { instance, call } = await startControl(t, CONFIG);
  const { listen } = instance.proxies.state('amqp') as { listen: string };
  const wire = await dialWire(t, listening(listen));
  await wire.send(HEADER);
  await wire.octets(8);
  t.like(await instance.proxies.change('amqp', { enabled: false }), { enabled: false, listen });
  t.is(await wire.how(), 'fin');
  await t.throwsAsync(dialWire(t, listening(listen)), { code: 'ECONNREFUSED' });
  t.deepEqual(instance.proxies.all, []);
  t.like((await call('GET', '/proxies/amqp')).body, { enabled: false, listen });
  t.like(await instance.proxies.change('amqp', { enabled: true }), { enabled: true, listen });
  const again = await dialWire(t, listening(listen));
  await again.send(HEADER);
  await again.octets(8);
});

test('a proxy whose new listener cannot be opened keeps the old one and its connections', async (t) => {
  const { instance, call } = await startControl(t, CONFIG);
  const { listen } = instance.proxies.state('amqp') as { listen: string };
  await call('POST', '/proxies', { name: 'other', listen: '127.0.0.1:0', upstream: 'stand-in' });
  const taken = instance.proxies.state('other')?.listen;
  const wire = await dialWire(t, listening(listen));
  const refused = await call('POST', '/proxies/amqp', { listen: taken });
  t.deepEqual([refused.status, refused.body.error], [500, `listen tcp ${taken}: bind: address already in use`]);
  await wire.send(HEADER);
  await wire.octets(8);
  t.like((await call('GET', '/proxies/amqp')).body, { enabled: true, listen });
});

test('a proxy moves to another address with the same port', async (t) => {
  const { instance, call } = await startControl(t, CONFIG);
  const { port } = listening(instance.proxies.state('amqp')?.listen);
  const moved = await call('POST', '/proxies/amqp', { listen: `0.0.0.0:${port}` });
  t.like(moved.body, { listen: `0.0.0.0:${port}`, enabled: true });
  const wire = await dialWire(t, { host: '127.0.0.2', port });
  await wire.send(HEADER);
  await wire.octets(8);
});

test('a reload keeps created proxies and rejects a config with their names', async (t) => {
  const { instance, config } = makeInstance(t, `${CONFIG}\ncontrol: off`);
  await instance.start();
  const wanted = config(CONFIG).proxies[0];
  if (!wanted) throw new Error('the config has no proxy');
  const { listen } = await instance.proxies.create({ ...wanted, name: 'made' });
  await instance.reload(config(`control: off\nproxies: [{name: renamed, ${CONFIG.replace('\n', ', ')}}]`));
  t.deepEqual(instance.proxies.states.map(({ name }) => name).sort(), ['made', 'renamed']);
  const wire = await dialWire(t, listening(listen));
  await wire.send(HEADER);
  await wire.octets(8);
  await t.throwsAsync(instance.reload(config(`control: off\nname: made\n${CONFIG}`)), { code: 'ERR_CONFIG' });
  t.is(instance.proxies.states.length, 2);
});
