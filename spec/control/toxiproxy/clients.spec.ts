import test from 'ava';
import { freePort } from '../../support/free-port.js';
import { listening } from '../../support/instance.js';
import { startServer } from '../../support/server.js';
import { type Answer, callsTo, startToxiproxy } from '../../support/toxiproxy.js';
import { CLIENTS } from '../../support/toxiproxy-clients.js';
import { dialWire } from '../../support/wire.js';

for (const { client, headers, steps } of CLIENTS) {
  test(`${client} receives what it reads`, async (t) => {
    const call = callsTo((await startToxiproxy(t)).url, headers);
    const answers: Answer[] = [];
    for (const [index, [method, path, body, status, check]] of steps.entries()) {
      const step = `${index}: ${method} ${path}`;
      const answer = await call(method, path, typeof body === 'function' ? body(answers) : body);
      t.is(answer.status, status, `${step}: ${answer.body}`);
      check?.(t, answer, answers);
      if (!t.passed) return t.log(step, answer.body);
      answers.push(answer);
    }
  });
}

test('@testcontainers/toxiproxy: a proxy on its own port is disabled and enabled, and keeps its toxics', async (t) => {
  const call = callsTo((await startToxiproxy(t)).url, { 'Content-Type': 'application/json' });
  const echo = await startServer(t, (client) => client.on('data', (octets) => client.write(octets)));
  const upstream = `127.0.0.1:${echo.port}`;
  t.is((await call('GET', '/version')).status, 200);
  t.deepEqual((await call('GET', '/proxies')).json, {});
  const listen = `0.0.0.0:${await freePort()}`;
  const made = await call('POST', '/proxies', { name: 'redis', listen, upstream, enabled: true });
  const port = Number(made.json.listen.split(':').at(-1));
  t.is(port, listening(listen).port);
  const latency = {
    name: 'upstream-latency',
    type: 'latency',
    stream: 'upstream',
    toxicity: 1,
    attributes: { latency: 1, jitter: 0 },
  };
  t.is((await call('POST', '/proxies/redis/toxics', latency)).status, 200);
  const there = { host: '127.0.0.1', port };
  const client = await dialWire(t, there);
  // Enabling an enabled proxy drops no connection.
  t.is((await call('POST', '/proxies/redis', { enabled: true, listen, upstream })).status, 200);
  await client.send('hello');
  await client.octets(5);
  t.false((await call('POST', '/proxies/redis', { enabled: false, listen, upstream })).json.enabled);
  t.is(await client.how(), 'fin');
  await t.throwsAsync(dialWire(t, there), { code: 'ECONNREFUSED' });
  const on = await call('POST', '/proxies/redis', { enabled: true, listen, upstream });
  t.like(on.json, { enabled: true, toxics: [{ name: 'upstream-latency' }] });
  const again = await dialWire(t, there);
  await again.send('hello');
  await again.octets(5);
});

test('Testcontainers for Java cuts a connection in both streams and restores it: the held data arrives', async (t) => {
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const call = callsTo((await startToxiproxy(t)).url, form);
  const echo = await startServer(t, (client) => client.on('data', (octets) => client.write(octets)));
  const made = await call('POST', '/proxies', {
    name: 'rabbitmq:5672',
    listen: '0.0.0.0:0',
    upstream: `127.0.0.1:${echo.port}`,
  });
  const client = await dialWire(t, { host: '127.0.0.1', port: listening(made.json.listen).port });
  await client.send('hello');
  await client.octets(5);
  for (const cut of ['CUT_CONNECTION_DOWNSTREAM', 'CUT_CONNECTION_UPSTREAM']) {
    const stream = cut.endsWith('UPSTREAM') ? 'UPSTREAM' : 'DOWNSTREAM';
    const toxic = { name: cut, stream, type: 'bandwidth', attributes: { rate: 0 } };
    t.is((await call('POST', '/proxies/rabbitmq:5672/toxics', toxic)).json.name, cut);
  }
  await client.send('held');
  t.is((await call('GET', '/proxies/rabbitmq:5672')).json.toxics.length, 2);
  t.is(client.receivedLength, 5);
  for (const cut of ['CUT_CONNECTION_DOWNSTREAM', 'CUT_CONNECTION_UPSTREAM']) {
    t.is((await call('GET', `/proxies/rabbitmq:5672/toxics/${cut}`)).json.name, cut);
    t.is((await call('DELETE', `/proxies/rabbitmq:5672/toxics/${cut}`)).status, 204);
  }
  t.is((await client.octets(9)).toString(), 'helloheld');
});
