import { existsSync, readFileSync } from 'node:fs';
import test from 'ava';
import { ConfigError } from '../../lib/errors.js';
import { StartError } from '../../lib/running/start-error.js';
import { freePort } from '../support/free-port.js';
import { listening, makeInstance } from '../support/instance.js';
import { HEADER } from '../support/relayed.js';
import { isDeaf, startServer } from '../support/server.js';
import { startUpstream } from '../support/upstream.js';
import { dialWire } from '../support/wire.js';

const FREE = 'listen: 127.0.0.1:0\ncontrol: off\n';

test('start opens each enabled proxy, writes the addresses to the ready file, and each connection is reported', async (t) => {
  const [left, right] = [await startUpstream(t), await startUpstream(t)];
  const { instance, readyFile, reports } = makeInstance(
    t,
    `proxies:
  - {name: left, listen: '127.0.0.1:0', upstream: '127.0.0.1:${left.port}'}
  - {name: right, listen: '127.0.0.1:0', upstream: '127.0.0.1:${right.port}', dialect: '4.0'}
  - {name: off, listen: '127.0.0.1:0', enabled: false}
control: 127.0.0.1:0`,
  );
  const ready = await instance.start();
  t.deepEqual(JSON.parse(readFileSync(readyFile, 'utf8')), ready);
  t.deepEqual(
    ready.proxies.map(({ name, upstream }) => [name, upstream]),
    [
      ['left', `127.0.0.1:${left.port}`],
      ['right', `127.0.0.1:${right.port}`],
    ],
  );
  t.is(((await (await fetch(`${ready.control}/healthz`)).json()) as { status: string }).status, 'ok');
  for (const { listen } of ready.proxies) {
    const client = await dialWire(t, listening(listen));
    await client.send('amqp0091');
    await client.how();
  }
  const seen = await reports(2);
  t.deepEqual(
    seen.map(({ proxy, dialect }) => [proxy, dialect]),
    [
      ['left', '3.6'],
      ['right', '4.0'],
    ],
  );
  t.is(new Set(seen.map(({ id }) => id)).size, 2);
  await instance.stop(0);
  t.false(existsSync(readyFile));
  t.true(await isDeaf(listening(ready.proxies[0]?.listen)));
  await t.throwsAsync(fetch(`${ready.control}/healthz`));
});

test('a start that fails stops everything', async (t) => {
  const busy = await startServer(t, () => {});
  const port = await freePort();
  const { instance, readyFile } = makeInstance(
    t,
    `upstream: stand-in
proxies:
  - {name: first, listen: '127.0.0.1:${port}'}
  - {name: second, listen: '127.0.0.1:${busy.port}'}
control: off`,
  );
  await t.throwsAsync(instance.start(), {
    instanceOf: StartError,
    message: `proxy second cannot listen on 127.0.0.1:${busy.port}: the address is in use by another program (EADDRINUSE)`,
  });
  t.false(existsSync(readyFile));
  t.true(await isDeaf({ host: '127.0.0.1', port }));
});

test('an upstream that is a listener of the instance is rejected', async (t) => {
  const [port, control] = [await freePort(), await freePort()];
  for (const upstream of [port, control]) {
    const config = `proxies:
  - {name: first, listen: '0.0.0.0:${port}', upstream: stand-in}
  - {name: second, listen: '127.0.0.1:0', upstream: 'localhost:${upstream}'}
control: 127.0.0.1:${control}`;
    await t.throwsAsync(async () => makeInstance(t, config).instance.start(), { instanceOf: ConfigError });
  }
});

test('a reload opens, closes and changes proxies without affecting open connections', async (t) => {
  const upstream = await startUpstream(t);
  const to = `upstream: 127.0.0.1:${upstream.port}`;
  const ports = [await freePort(), await freePort()];
  const one = `${to}\nproxies: [{name: one, listen: '127.0.0.1:${ports[0]}'}]\ncontrol: off`;
  const two = `${to}\nproxies: [{name: two, listen: '127.0.0.1:${ports[1]}', close: fin}]\ncontrol: off`;
  const { instance, config, readyFile, reports } = makeInstance(t, one);
  await instance.start();
  const client = await dialWire(t, { host: '127.0.0.1', port: ports[0] as number });
  await client.send(HEADER);
  const broker = await upstream.next();
  t.deepEqual(await instance.reload(config(two)), []);
  t.is(JSON.parse(readFileSync(readyFile, 'utf8')).proxies[0].name, 'two');
  t.true(await isDeaf({ host: '127.0.0.1', port: ports[0] as number }));
  await client.send('still here');
  await broker.octets(18);
  t.is(instance.connections, 1);
  const refused = await dialWire(t, { host: '127.0.0.1', port: ports[1] as number });
  await refused.send('amqp0091');
  t.is(await refused.how(), 'fin');
  await instance.reload(config(two.replace('close: fin', 'dialect: 4.0')));
  const again = await dialWire(t, { host: '127.0.0.1', port: ports[1] as number });
  await again.send('amqp0091');
  t.is(await again.how(), 'rst');
  t.is(again.received.toString('hex'), '414d515003010000');
  client.rst();
  t.deepEqual(
    (await reports(3)).map(({ proxy, reason }) => [proxy, reason.name]),
    [
      ['two', 'bad_header'],
      ['two', 'bad_header'],
      ['one', 'handshake_error'],
    ],
  );
});

test('after a reload, a fault that is off stays off unless its text has changed', async (t) => {
  const text = (toxicity: number) =>
    `upstream: stand-in\n${FREE}faults: [{name: a, type: noop}, {name: b, type: noop, toxicity: ${toxicity}}]`;
  const { instance, config } = makeInstance(t, text(1));
  await instance.start();
  for (const id of ['amqp/a', 'amqp/b']) instance.faults.list.change(id, { enabled: false });
  await instance.reload(config(text(0.5)));
  t.deepEqual(
    instance.faults.list.all.map(({ id, enabled }) => [id, enabled]),
    [
      ['amqp/a', false],
      ['amqp/b', true],
    ],
  );
});

test('after a reload the PROXY header is sent to a broker, and not to the stand-in', async (t) => {
  const upstream = await startUpstream(t);
  const to = `upstream: 127.0.0.1:${upstream.port}\n${FREE}`;
  const { instance, config } = makeInstance(t, to);
  const { proxies } = await instance.start();
  const dial = async () => {
    const client = await dialWire(t, listening(proxies[0]?.listen));
    await client.send(HEADER);
    return client;
  };
  await dial();
  t.is((await (await upstream.next()).octets(8)).toString('latin1', 0, 4), 'AMQP');
  await instance.reload(config(`${to}proxyProtocol: {send: v1}`));
  await dial();
  t.is((await (await upstream.next()).octets(8)).toString('latin1', 0, 6), 'PROXY ');
  await instance.reload(config(`upstream: stand-in\n${FREE}proxyProtocol: {send: v1}`));
  const client = await dial();
  // Connection.Start, not a farewell to an invalid header.
  t.is((await client.octets(11)).toString('hex', 7, 11), '000a000a');
});

test('a reload that fails changes nothing', async (t) => {
  const busy = await startServer(t, () => {});
  const port = await freePort();
  const running = `upstream: stand-in\nproxies: [{name: one, listen: '127.0.0.1:${port}'}]\ncontrol: off`;
  const { instance, config } = makeInstance(t, running);
  const before = await instance.start();
  const wanted = running.replace('}]', `}, {name: two, listen: '127.0.0.1:${busy.port}'}]`).replace('one', 'other');
  await t.throwsAsync(instance.reload(config(wanted)), { instanceOf: StartError });
  const client = await dialWire(t, listening(before.proxies[0]?.listen));
  await client.send('amqp0091');
  t.is(await client.how(), 'rst');
});

test('a connection of a proxy that a reload removed ends with the instance', async (t) => {
  const upstream = await startUpstream(t);
  const { instance, config, reports } = makeInstance(t, `upstream: 127.0.0.1:${upstream.port}\n${FREE}`);
  const { proxies } = await instance.start();
  const client = await dialWire(t, listening(proxies[0]?.listen));
  await client.send(HEADER);
  await upstream.next();
  await instance.reload(config(`${FREE}enabled: false`));
  t.is(instance.connections, 1);
  await instance.stop(0);
  t.is(await client.how(), 'rst');
  t.is((await reports(1))[0]?.reason.name, 'shutdown');
});
