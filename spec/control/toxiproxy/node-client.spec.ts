import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'ava';
import { type ICreateProxyBody, Toxiproxy } from 'toxiproxy-node-client';
import { startControl } from '../../support/control.js';
import { freePort } from '../../support/free-port.js';
import { listening } from '../../support/instance.js';

const body = (more: Partial<ICreateProxyBody> = {}): ICreateProxyBody => ({
  name: 'rmq',
  listen: 'localhost:0',
  upstream: 'localhost:5672',
  enabled: true,
  ...more,
});

test('toxiproxy-node-client creates, reads, updates and removes a proxy', async (t) => {
  const { url } = await startControl(t);
  const toxiproxy = new Toxiproxy(url);
  const proxy = await toxiproxy.createProxy(body());
  t.regex(proxy.listen, /^127\.0\.0\.1:\d+$/);
  await t.throwsAsync(toxiproxy.createProxy(body()), { message: /409/ });
  t.is((await toxiproxy.get('rmq')).upstream, 'localhost:5672');
  t.deepEqual(Object.keys(await toxiproxy.getAll()), ['rmq']);
  const { host, port } = listening(proxy.listen);
  await proxy.update({ enabled: false, listen: proxy.listen, upstream: 'localhost:5673' });
  await t.throwsAsync(once(connect({ host, port }), 'connect'), { code: 'ECONNREFUSED' });
  await toxiproxy.reset();
  // Its upstream does not listen, so it is reset.
  await once(
    connect({ host, port }).on('error', () => {}),
    'connect',
  );
  await proxy.remove();
  await t.throwsAsync(toxiproxy.get('rmq'), { message: /404/ });
  t.regex(await toxiproxy.getVersion(), /"2\.12\.0"/);
});

test('toxiproxy-node-client adds every toxic, and each returns its attributes', async (t) => {
  const { url } = await startControl(t);
  const proxy = await new Toxiproxy(url).createProxy(body());
  for (const [type, attributes] of [
    ['latency', { latency: 1000, jitter: 100 }],
    ['bandwidth', { rate: 1000 }],
    ['slow_close', { delay: 1000 }],
    ['timeout', { timeout: 1000 }],
    ['slicer', { average_size: 1000, size_variation: 1000, delay: 1000 }],
    ['limit_data', { bytes: 1000 }],
    ['reset_peer', { timeout: 1000 }],
  ] as const) {
    const toxic = await proxy.addToxic({ type, attributes, name: '', stream: 'downstream', toxicity: 1 } as never);
    t.is(toxic.name, `${type}_downstream`);
    t.is(toxic.toxicity, 1);
    t.deepEqual(toxic.attributes as object, attributes);
    t.is((await proxy.getToxic(toxic.name)).type, type);
    await toxic.remove();
  }
  const handshake = await proxy.addToxic({
    type: 'amqp_close',
    attributes: { at: 'open', code: 320, times: 2 },
  } as never);
  t.is(handshake.name, 'amqp_close_downstream');
});

test('toxiproxy-node-client populates repeatedly, and the toxics stay', async (t) => {
  const { url } = await startControl(t);
  const toxiproxy = new Toxiproxy(url);
  const wanted = [
    body({ name: 'a', listen: `127.0.0.1:${await freePort()}` }),
    body({ name: 'b', listen: `127.0.0.1:${await freePort()}` }),
  ];
  const first = await toxiproxy.populate(wanted);
  await (first['a'] ?? Object.values(first)[0])?.addToxic({ type: 'noop', attributes: {} } as never);
  const again = await toxiproxy.populate(wanted);
  t.is(Object.values(again).length, 2);
  const a = await toxiproxy.get('a');
  t.is(a.listen, wanted[0]?.listen as string);
  t.is((await a.getToxic('noop_downstream')).type, 'noop' as never);
});
