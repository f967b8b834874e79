import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'ava';
import { type ICreateProxyBody, Toxiproxy } from 'toxiproxy-node-client';
import { startControl } from '../../support/control.js';
import { freePort } from '../../support/free-port.js';
import { listening } from '../../support/instance.js';
import { startServer } from '../../support/server.js';

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
  await once(connect({ host, port }), 'connect').then(([socket]) => socket);
  await proxy.remove();
  await t.throwsAsync(toxiproxy.get('rmq'), { message: /404/ });
  t.regex(await toxiproxy.getVersion(), /"2\.12\.0"/);
});

test('toxiproxy-node-client adds every toxic, and each tells its attributes', async (t) => {
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

test('toxiproxy-node-client populates, again and again, and the toxics stay', async (t) => {
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

test('the cut of a connection, as the Java module for containers makes it, holds octets until it is mended', async (t) => {
  const { url, call } = await startControl(t);
  const echo = await startServer(t, (client) => client.on('data', (octets) => client.write(octets)));
  const name = 'rabbitmq:5672';
  const path = `/proxies/${encodeURIComponent(name)}`;
  const form = { method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } };
  const made = await fetch(`${url}/proxies`, {
    ...form,
    body: JSON.stringify({ name, listen: '0.0.0.0:0', upstream: `127.0.0.1:${echo.port}` }),
  });
  t.is(made.status, 201);
  const { listen } = (await made.json()) as { listen: string };
  t.is((await fetch(`${url}/proxies/${name}`)).status, 200);
  const socket = connect({ host: '127.0.0.1', port: listening(listen).port });
  t.teardown(() => socket.destroy());
  await once(socket, 'connect');
  for (const stream of ['downstream', 'upstream'] as const) {
    const cut = {
      name: `CUT_CONNECTION_${stream.toUpperCase()}`,
      type: 'bandwidth',
      stream,
      toxicity: 1,
      attributes: { rate: 0 },
    };
    t.is((await call('POST', `${path}/toxics`, cut)).status, 200);
  }
  let heard = '';
  socket.on('data', (octets) => {
    heard += octets.toString();
  });
  socket.write('held');
  // It would have come back long before these three answers.
  for (let at = 0; at < 3; at++) await call('GET', path);
  t.is(heard, '');
  for (const stream of ['DOWNSTREAM', 'UPSTREAM']) {
    t.is((await call('DELETE', `${path}/toxics/CUT_CONNECTION_${stream}`)).status, 204);
  }
  while (heard.length < 4) await once(socket, 'data');
  t.is(heard, 'held');
});

test('what the Go, Ruby, Python and container clients send is taken', async (t) => {
  const { call } = await startControl(t);
  // Ruby: enabled null, and PATCH since version 2.6.
  const made = await call('POST', '/proxies', { name: 'a', listen: '127.0.0.1:0', upstream: 'b:1', enabled: null });
  t.deepEqual([made.status, made.body.enabled], [201, true]);
  t.like((await call('PATCH', '/proxies/a', { enabled: false })).body, { enabled: false, listen: made.body.listen });
  // Go: the whole object is saved, toxics and all.
  await call('POST', '/proxies/a/toxics', {
    name: '',
    type: 'latency',
    toxicity: 1,
    stream: 'upstream',
    attributes: { latency: 1 },
  });
  const whole = { ...(await call('GET', '/proxies/a')).body, enabled: true };
  const saved = await call('POST', '/proxies/a', whole);
  t.deepEqual(
    [saved.status, saved.body.enabled, saved.body.toxics.length, saved.body.listen],
    [200, true, 1, made.body.listen],
  );
  t.is(
    (await call('PATCH', '/proxies/a/toxics/latency_upstream', { attributes: { jitter: 5 }, toxicity: 1 })).body
      .attributes.latency,
    1,
  );
  // Python: no listen at all.
  const anywhere = await call('POST', '/proxies', { name: 'p', upstream: 'b:1' });
  t.is(anywhere.status, 201);
  t.regex(anywhere.body.listen, /^(\[::\]|0\.0\.0\.0):\d+$/);
  // The Node module for containers: 0.0.0.0 again and again, and nothing is dropped.
  const all = await call('POST', '/proxies', { name: 'c', listen: '0.0.0.0:0', upstream: 'b:1', enabled: true });
  const kept = { listen: all.body.listen, upstream: 'b:1' };
  for (const enabled of [false, true])
    t.like((await call('POST', '/proxies/c', { ...kept, enabled })).body, { ...kept, enabled });
});
