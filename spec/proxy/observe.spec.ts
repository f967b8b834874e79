import test from 'ava';
import { encodeMethodFrame } from '../../lib/amqp/connection-methods.js';
import { startProxy } from '../support/proxy.js';
import { startUpstream } from '../support/upstream.js';
import { dialWire } from '../support/wire.js';

test('a protocol in which the server speaks first is relayed', async (t) => {
  const upstream = await startUpstream(t, (wire) => void wire.send('220 mail.example ESMTP\r\n'));
  const proxy = await startProxy(t, upstream, { mode: 'observe' });
  const client = await dialWire(t, proxy);
  t.is((await client.octets(24)).toString(), '220 mail.example ESMTP\r\n');
  t.is(proxy.accepting.length, 0, 'the client has sent nothing');
  await client.send('EHLO me\r\n');
  const broker = await upstream.next();
  t.is((await broker.octets(9)).toString(), 'EHLO me\r\n');
  t.is(proxy.accepting.length, 1);
  broker.fin();
  t.is(await client.how(), 'fin');
  client.fin();
  t.like(await proxy.nextReport(), {
    decision: 'forward',
    upstream: `127.0.0.1:${upstream.port}`,
    header: { text: 'EHLO me.' },
    looksLike: { what: 'smtp' },
    ended: { by: 'upstream', clientSent: 'fin', clientSaw: 'fin', upstreamSent: 'fin', upstreamSaw: 'fin' },
    octets: { received: 9, sent: 24 },
  });
});

test('a bad header is forwarded unchanged, and the report describes the broker’s refusal', async (t) => {
  const upstream = await startUpstream(t);
  const proxy = await startProxy(t, upstream, { mode: 'observe' });
  const client = await dialWire(t, proxy);
  await client.send('amqp');
  const broker = await upstream.next();
  t.is((await broker.octets(4)).toString(), 'amqp', 'the first octets are relayed before the eighth');
  await client.send('0091 and more');
  await broker.octets(17);
  await broker.send('AMQP\0\0\x09\x01');
  broker.rst();
  t.is(await client.how(), 'rst');
  t.is(client.receivedLength, 8);
  t.like(await proxy.nextReport(), {
    decision: 'forward',
    reason: { name: 'bad_header', term: '{bad_header,<<"amqp0091">>}', inferred: true },
    header: { text: 'amqp0091' },
    ended: { by: 'upstream', clientSent: null, clientSaw: 'rst', upstreamSent: 'rst', upstreamSaw: null },
    octets: { received: 17, sent: 8 },
  });
});

test('the upstream is dialed at accept, and a client that sends nothing is a health check', async (t) => {
  for (const how of ['fin', 'rst'] as const) {
    const upstream = await startUpstream(t);
    const proxy = await startProxy(t, upstream, { mode: 'observe' });
    const client = await dialWire(t, proxy);
    const broker = await upstream.next();
    if (how === 'fin') client.fin();
    else client.rst();
    t.is(await broker.how(), how);
    if (how === 'fin') broker.rst();
    t.like(await proxy.nextReport(), {
      decision: 'forward',
      stage: 'header',
      reason: { name: 'connection_closed_with_no_data_received' },
      healthCheck: true,
      ended: { by: 'client', clientSent: how, upstreamSaw: how },
    });
    t.like(proxy.accepting[0], { byEnd: true });
  }
});

test('there is no deadline', async (t) => {
  const upstream = await startUpstream(t);
  const proxy = await startProxy(t, upstream, { mode: 'observe', handshakeTimeout: 1 });
  const client = await dialWire(t, proxy);
  const broker = await upstream.next();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await client.send('A');
  await broker.octets(1);
  t.is(proxy.reports.length, 0);
});

test('a clean end is reported as clean, regardless of the bytes before', async (t) => {
  const upstream = await startUpstream(t);
  const proxy = await startProxy(t, upstream, { mode: 'observe' });
  const client = await dialWire(t, proxy);
  await client.send('AMQP\0\0\x09\x01');
  const broker = await upstream.next();
  await broker.octets(8);
  await client.send(
    encodeMethodFrame({ name: 'connection.close', replyCode: 200, replyText: 'bye', classId: 0, methodId: 0 }),
  );
  await broker.send(encodeMethodFrame({ name: 'connection.close-ok' }));
  await client.octets(12);
  client.fin();
  await broker.how();
  broker.rst();
  t.like(await proxy.nextReport(), {
    stage: 'closed',
    reason: { name: 'connection_closed', term: null, severity: 'info' },
  });
});
