import test, { type ExecutionContext } from 'ava';
import { encodeMethodFrame } from '../../lib/amqp/connection-methods.js';
import type { FieldTable } from '../../lib/amqp/field-table.js';
import { protocolHeader, type Quad } from '../../lib/amqp/header.js';
import { client as bytes, CLOSE_OK, concat, broker as talk } from '../support/bytes.js';
import { ManualClock } from '../support/manual-clock.js';
import { type ProxyOptions, startProxy, type TestProxy } from '../support/proxy.js';
import { startUpstream, type Upstream } from '../support/upstream.js';
import { dialWire } from '../support/wire.js';

const A91 = '414d515000000901';
const A31 = '414d515003010000';

function start(version: string, product = 'RabbitMQ'): Uint8Array {
  const serverProperties: FieldTable = new Map([
    ['product', { type: 'S', value: product }],
    ['version', { type: 'S', value: version }],
  ]);
  return encodeMethodFrame({
    name: 'connection.start',
    versionMajor: 0,
    versionMinor: 9,
    serverProperties,
    mechanisms: 'PLAIN',
    locales: 'en_US',
  });
}

type Behind = { readonly proxy: TestProxy; readonly upstream: Upstream };

async function startBehind(t: ExecutionContext, options: ProxyOptions = {}): Promise<Behind> {
  const upstream = await startUpstream(t);
  return { upstream, proxy: await startProxy(t, upstream, options) };
}

/** A client sends a header, a broker answers, and then both close. */
async function pass(t: ExecutionContext, { proxy, upstream }: Behind, quad: Quad, answer: Uint8Array): Promise<void> {
  const client = await dialWire(t, proxy);
  await client.send(protocolHeader(...quad));
  const broker = await upstream.next();
  await broker.octets(8);
  await broker.send(answer);
  await client.octets(answer.length);
  broker.rst();
  await client.how();
  await proxy.nextReport();
}

/** The bytes that a refused client receives, in hex. */
async function refused(t: ExecutionContext, { proxy, upstream }: Behind, octets: Uint8Array | string): Promise<string> {
  const before = upstream.connections;
  const client = await dialWire(t, proxy);
  await client.send(octets);
  t.is(await client.how(), 'rst');
  await proxy.nextReport();
  t.is(upstream.connections, before);
  return client.received.toString('hex');
}

test('the version in Connection.Start is learned, and is the dialect of that connection and the next ones', async (t) => {
  const behind = await startBehind(t);
  const { proxy } = behind;
  t.is(await refused(t, behind, 'amqp0091'), A91);
  const early = await dialWire(t, proxy);
  while (proxy.proxy.connections === 0) await new Promise(setImmediate);
  await pass(t, behind, [0, 0, 9, 1], start('4.1.2'));
  const learned = { product: 'RabbitMQ', version: '4.1.2', dialect: '4.1.2', amqp10: null };
  t.deepEqual(proxy.learned, [{ proxy: 'amqp', learned }]);
  t.deepEqual(proxy.proxy.learned, learned);
  t.is(await refused(t, behind, 'amqp0091'), A31);
  await early.send('amqp0091');
  await early.how();
  t.is(early.received.toString('hex'), A91, 'the connection was open before');
  await proxy.nextReport();
  t.deepEqual(
    proxy.reports.map(({ dialect }) => dialect),
    ['3.6', '4.1.2', '4.1.2', '3.6'],
    'the verdict on a header stays',
  );
});

test('a header that every version refuses is never forwarded, and one that some version accepts is until the version is known', async (t) => {
  const behind = await startBehind(t);
  for (const quad of [
    [1, 1, 0, 9],
    [1, 1, 8, 0],
    [1, 1, 9, 1],
    [3, 1, 0, 0],
    [0, 1, 0, 0],
  ] as Quad[]) {
    await pass(t, behind, quad, new Uint8Array(20));
  }
  t.is(await refused(t, behind, protocolHeader(1, 1, 0, 0)), A91);
  t.is(await refused(t, behind, protocolHeader(2, 1, 0, 0)), A91);
  await pass(t, behind, [0, 0, 9, 1], start('4.0.5'));
  t.is(await refused(t, behind, protocolHeader(1, 1, 8, 0)), A31);
  t.is(await refused(t, behind, protocolHeader(0, 1, 0, 0)), A31);
  t.is(await refused(t, behind, protocolHeader(0, 0, 9, 2)), A91);
});

test('AMQP 1.0 is forwarded to a 3.x broker until it has answered with AMQP 0 0 9 1', async (t) => {
  const behind = await startBehind(t);
  await pass(t, behind, [0, 0, 9, 1], start('3.10.8'));
  await pass(t, behind, [3, 1, 0, 0], protocolHeader(3, 1, 0, 0));
  await pass(t, behind, [3, 1, 0, 0], protocolHeader(0, 0, 9, 1));
  const { reason } = behind.proxy.reports.at(-1) ?? {};
  t.like(reason, { name: 'amqp1_0_plugin_not_enabled', inferred: true });
  t.is(await refused(t, behind, protocolHeader(3, 1, 0, 0)), A91);
  t.is(await refused(t, behind, protocolHeader(0, 1, 0, 0)), A91);
});

test('a broker upgrade is detected', async (t) => {
  const behind = await startBehind(t);
  await pass(t, behind, [0, 0, 9, 1], start('3.13.7'));
  await pass(t, behind, [0, 0, 9, 1], start('3.13.7'));
  await pass(t, behind, [0, 0, 9, 1], start('4.2.0'));
  t.deepEqual(
    behind.proxy.learned.map(({ learned }) => learned.version),
    ['3.13.7', '4.2.0'],
  );
  t.deepEqual(
    behind.proxy.reports.map(({ dialect }) => dialect),
    ['3.13.7', '3.13.7', '4.2.0'],
  );
});

test('learning never changes an explicit dialect', async (t) => {
  const named = await startBehind(t, { dialect: '3.8' });
  await pass(t, named, [0, 0, 9, 1], start('4.0.5'));
  t.is(await refused(t, named, 'amqp0091'), A91);
  t.deepEqual(named.proxy.learned, []);
});

test('a broker that is not RabbitMQ is named, and the nearest dialect is used', async (t) => {
  const foreign = await startBehind(t);
  await pass(t, foreign, [0, 0, 9, 1], start('4.0.5', 'LavinMQ'));
  t.is(await refused(t, foreign, 'amqp0091'), A91);
  t.like(foreign.proxy.reports.at(-1), { dialect: '3.13' });
  t.like(foreign.proxy.reports[0], { dialect: '3.13' });
  t.like(foreign.proxy.learned[0]?.learned, { product: 'LavinMQ', version: '4.0.5', dialect: '3.13' });
});

test('Connection.Start is parsed wherever it is split', async (t) => {
  const octets = start('4.1.2');
  const { proxy, upstream } = await startBehind(t);
  const client = await dialWire(t, proxy);
  await client.send(protocolHeader(0, 0, 9, 1));
  const broker = await upstream.next();
  for (let at = 0; at < octets.length; at++) {
    await broker.send(octets.subarray(at, at + 1));
    await client.octets(at + 1);
  }
  t.like(proxy.learned[0]?.learned, { version: '4.1.2' });
});

test('an AMQP 1.0 answer is parsed wherever it is split', async (t) => {
  const behind = await startBehind(t);
  const { proxy, upstream } = behind;
  await pass(t, behind, [0, 0, 9, 1], start('3.10.8'));
  const client = await dialWire(t, proxy);
  await client.send(protocolHeader(3, 1, 0, 0));
  const broker = await upstream.next();
  await broker.send('AMQP');
  await client.octets(4);
  await broker.send('\0\0\x09\x01');
  broker.rst();
  await client.how();
  t.like(await proxy.nextReport(), { reason: { name: 'amqp1_0_plugin_not_enabled', inferred: true } });
});

/** A Start-Ok frame of exactly this many bytes. */
function startOkOf(length: number): Uint8Array {
  const padded = (padding: string) => bytes.startOk({ properties: { product: 'app', padding } });
  return padded('x'.repeat(length - padded('').length));
}

/** A client opens a connection and closes it again, with a Start-Ok of that length. */
async function openAndClose(t: ExecutionContext, { proxy, upstream }: Behind, version: string, length: number) {
  const client = await dialWire(t, proxy);
  await client.send(protocolHeader(0, 0, 9, 1));
  const broker = await upstream.next();
  await broker.octets(8);
  let sent = 0;
  let received = 8;
  const answer = async (octets: Uint8Array) => {
    await broker.send(octets);
    sent += octets.length;
    await client.octets(sent);
  };
  const ask = async (octets: Uint8Array) => {
    await client.send(octets);
    received += octets.length;
    await broker.octets(received);
  };
  await answer(start(version));
  await ask(startOkOf(length));
  await answer(talk.tune());
  await ask(concat(bytes.tuneOk(), bytes.open('orders')));
  await answer(talk.openOk());
  await ask(bytes.close());
  await answer(CLOSE_OK);
  client.fin();
  await broker.how();
  broker.fin();
  return proxy.nextReport();
}

test('the first connection is judged and reported as the version in its own Start', async (t) => {
  const behind = await startBehind(t);
  const report = await openAndClose(t, behind, '4.3.6', 6_307);
  t.like(report, { dialect: '4.3.6', stage: 'closed', unreadable: null, reason: { name: 'connection_closed' } });
  t.like(report.handshake, { user: 'guest', vhost: 'orders', serverVersion: '4.3.6' });
  t.deepEqual(
    behind.proxy.stages.map(({ dialect, stage }) => [dialect.name, stage]),
    ['starting', 'tuning', 'opening', 'running', 'closing', 'closed'].map((stage) => ['4.3.6', stage]),
  );
  t.deepEqual(
    behind.proxy.accepting.map(({ dialect }) => dialect.name),
    ['3.6'],
  );
});

test('each connection is reported as the version in its own Start, also after an upgrade', async (t) => {
  const behind = await startBehind(t);
  t.like(await openAndClose(t, behind, '4.0.5', 500), { dialect: '4.0.5' });
  t.like(await openAndClose(t, behind, '4.3.6', 8_000), {
    dialect: '4.3.6',
    unreadable: null,
    handshake: { user: 'guest' },
  });
});

for (const dialect of ['auto', '3.8', '4.0.5', '4.3.6']) {
  test(`a long Start-Ok that the broker accepts is not an error, with the dialect ${dialect}`, async (t) => {
    const behind = await startBehind(t, { dialect });
    const report = await openAndClose(t, behind, '4.0.5', 18_000);
    t.like(report, {
      dialect: dialect === 'auto' ? '4.0.5' : dialect,
      unreadable: null,
      reason: { name: 'connection_closed' },
      handshake: { user: 'guest', vhost: 'orders' },
    });
  });
}

test('an upstream that was replaced teaches nothing about the new one', async (t) => {
  const behind = await startBehind(t);
  const { proxy, upstream } = behind;
  const client = await dialWire(t, proxy);
  await client.send(protocolHeader(0, 0, 9, 1));
  const broker = await upstream.next();
  await broker.octets(8);
  proxy.proxy.reconfigure({ ...proxy.settings, upstream: { host: '127.0.0.1', port: 1, label: '127.0.0.1:1' } });
  const octets = start('4.3.6');
  await broker.send(octets);
  await client.octets(octets.length);
  broker.rst();
  await client.how();
  t.like(await proxy.nextReport(), { dialect: '4.3.6' });
  t.deepEqual(proxy.learned, []);
  t.is(proxy.proxy.rules.dialect.name, '3.6');
});

test('after the broker has accepted a long Start-Ok, silence after another one is a refused login', async (t) => {
  const clock = new ManualClock();
  const behind = await startBehind(t, { clock });
  const { proxy, upstream } = behind;
  /** The broker says nothing for 3 s after this Start-Ok, and closes. */
  const refuse = async (length: number) => {
    const client = await dialWire(t, proxy);
    await client.send(protocolHeader(0, 0, 9, 1));
    const broker = await upstream.next();
    await broker.octets(8);
    const octets = start('4.0.5');
    await broker.send(octets);
    await client.octets(octets.length);
    await client.send(startOkOf(length));
    await broker.octets(8 + length);
    clock.advance(3_000);
    broker.rst();
    await client.how();
    return (await proxy.nextReport()).reason.name;
  };
  t.is(await refuse(18_000), 'handshake_error');
  await openAndClose(t, behind, '4.0.5', 18_000);
  t.is(await refuse(18_000), 'auth_failure');
  t.is(await refuse(18_001), 'handshake_error');
  await openAndClose(t, behind, '4.0.6', 500);
  t.is(await refuse(18_000), 'handshake_error', 'another version has another configuration');
});
