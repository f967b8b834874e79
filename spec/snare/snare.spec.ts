import { connect } from 'amqplib';
import test from 'ava';
import { createSnare } from '../../lib/index.js';
import { openAmqp } from '../support/amqp-wire.js';
import { HEADER } from '../support/relayed.js';
import { dialWire } from '../support/wire.js';

test('with times: 2, two connections are closed with 320 and the third succeeds', async (t) => {
  await using snare = await createSnare();
  const fault = await snare.faults.add({ type: 'amqp_close', attributes: { at: 'open', code: 320 }, times: 2 });
  for (let at = 0; at < 2; at++) await t.throwsAsync(connect(snare.url), { message: /ConnectionClose/ });
  const report = await snare.nextReport({ reason: 'connection_closed' });
  t.like(report, {
    decision: 'fault',
    reason: {
      name: 'connection_closed',
      severity: 'info',
      sentence:
        "The proxy closed the connection with 320 CONNECTION_FORCED: fault 'amqp_close_downstream' (amqp_close) acted at open.",
    },
    ended: { by: 'proxy' },
    connectionClose: {
      by: 'proxy',
      code: 320,
      name: 'CONNECTION_FORCED',
      text: 'CONNECTION_FORCED - closed by rabbit-snare',
    },
    fault: { id: 'amqp/amqp_close_downstream', name: 'amqp_close_downstream', type: 'amqp_close', at: 'open' },
    faults: [{ type: 'amqp_close' }],
    explained: ['fault "amqp_close_downstream" (amqp_close) acts, hit 1 of 2'],
    handshake: { user: 'guest', vhost: '/', product: 'amqplib' },
  });
  t.is(fault.seen.length, 2);
  t.like(fault.seen[0], { connection: report.id, at: 'open', stage: 'opening' });
  const connection = await connect(snare.url);
  await connection.close();
  t.like(await snare.nextReport({ decision: 'forward' }), { faults: [], fault: null });
});

test('the report contains what the client said in a method that a fault kept from the broker', async (t) => {
  await using snare = await createSnare();
  const options = { clientProperties: { connection_name: 'orders' } };
  const [startOk, tuneOk] = [
    { product: 'amqplib', mechanism: 'PLAIN', user: 'guest', connectionName: 'orders' },
    { channelMax: 2047, frameMax: 131_072, heartbeat: 60 },
  ];
  for (const [at, said] of [
    ['start-ok', { ...startOk, channelMax: null, serverProduct: 'rabbit-snare stand-in' }],
    ['tune-ok', { ...startOk, ...tuneOk, vhost: null }],
    ['open', { ...startOk, ...tuneOk, vhost: '/' }],
  ] as const) {
    await snare.faults.add({ type: 'amqp_close', attributes: { at, code: 403 }, times: 1, name: at });
    await t.throwsAsync(connect(snare.url, options));
    t.like((await snare.nextReport()).handshake, said);
  }
});

test('amqp_refuse imitates its reason without connecting to the upstream', async (t) => {
  await using snare = await createSnare({ dialect: '3.10' });
  await snare.faults.add({ type: 'amqp_refuse', attributes: { reason: 'bad_version' } });
  const wire = await dialWire(t, snare);
  await wire.send(HEADER);
  t.is(await wire.how(), 'rst');
  t.is(wire.received.toString('hex'), '414d515000000901');
  t.like(await snare.nextReport(), {
    decision: 'fault',
    upstream: null,
    stage: 'header',
    reason: {
      name: 'bad_version',
      severity: 'error',
      sentence:
        "The proxy refused the client as RabbitMQ does for bad_version: fault 'amqp_refuse_downstream' (amqp_refuse) acted at header.",
    },
    header: { hex: '414d515000000901' },
    ended: { by: 'proxy', clientSent: null, clientSaw: 'rst', upstreamSent: null, upstreamSaw: null },
    fault: { type: 'amqp_refuse', at: 'header' },
  });
});

for (const at of ['accept', 'header', 'start', 'start-ok', 'tune', 'tune-ok', 'open', 'running'] as const) {
  for (const type of ['amqp_reset', 'amqp_fin'] as const) {
    test(`${type} at ${at} ends the connection there, and the report names the fault`, async (t) => {
      await using snare = await createSnare();
      await snare.faults.add({ type, name: 'here', attributes: { at } });
      const wire = await dialWire(t, snare);
      const amqp = openAmqp(t, snare, { until: 'open-ok' }).catch(() => {});
      await snare.nextReport({ fault: 'here' });
      await amqp;
      await wire.send(HEADER).catch(() => {});
      wire.destroy();
      const [report] = snare.reports({ fault: 'here' });
      t.like(report, {
        decision: 'fault',
        reason: { name: 'fault', term: 'fault: here', severity: 'info' },
        fault: { name: 'here', type, at },
        ended: { by: 'proxy', clientSaw: type === 'amqp_reset' ? 'rst' : 'fin' },
      });
      if (at === 'accept' || at === 'header') t.is(report?.upstream, null);
    });
  }
}

test('a fault added later acts on an open connection, and a removed fault holds nothing back', async (t) => {
  await using snare = await createSnare();
  const connection = await connect(snare.url);
  const closed = new Promise<Error>((resolve) => connection.on('error', resolve));
  const late = await snare.faults.add({ type: 'latency', attributes: { latency: 60_000 } });
  await late.remove();
  await snare.faults.add({ type: 'amqp_close', attributes: { at: 'running', code: 530, text: 'later' } });
  t.regex((await closed).message, /530/);
  t.like(await snare.nextReport(), {
    decision: 'fault',
    connectionClose: { by: 'proxy', code: 530, text: 'later' },
    handshake: { user: 'guest' },
    faults: [{ type: 'latency' }, { type: 'amqp_close' }],
  });
});

test('a stream fault acts on an open connection only while it is on', async (t) => {
  await using snare = await createSnare();
  const amqp = await openAmqp(t, snare);
  const fault = await snare.faults.add({ type: 'limit_data', stream: 'upstream', attributes: { bytes: 1 } });
  await fault.change({ enabled: false });
  t.false(fault.enabled);
  const close = { name: 'connection.close', replyCode: 200, replyText: '', classId: 0, methodId: 0 } as const;
  await amqp.send(close);
  await amqp.next('connection.close-ok');
  const next = await openAmqp(t, snare);
  await fault.change({ enabled: true });
  await next.send(close);
  t.is(await next.wire.how(), 'fin');
  t.is(fault.seen.length, 2);
});

test('what is held back by a fault passes when the fault is switched off', async (t) => {
  await using snare = await createSnare();
  const amqp = await openAmqp(t, snare, { until: 'start' });
  const fault = await snare.faults.add({ type: 'latency', stream: 'upstream', attributes: { latency: 3_600_000 } });
  const { startOk, plain } = await import('../support/bytes.js').then(({ client, plain }) => ({ ...client, plain }));
  await amqp.wire.send(startOk({ response: plain('guest', 'guest') }));
  await fault.change({ enabled: false });
  await amqp.next('connection.tune');
  t.pass();
});

test('a fault at running acts on open connections when it is switched on', async (t) => {
  await using snare = await createSnare();
  const fault = await snare.faults.add({ type: 'amqp_close', attributes: { at: 'running', code: 320 } });
  await fault.change({ enabled: false });
  const amqp = await openAmqp(t, snare);
  await fault.change({ enabled: true });
  await amqp.next('connection.close');
  t.is(fault.seen.length, 1);
});

test('connect_refuse, connect_hang and connect_delay do nothing while they are off', async (t) => {
  await using snare = await createSnare();
  const refuse = await snare.faults.add({ type: 'connect_refuse' });
  await t.throwsAsync(dialWire(t, snare), { code: 'ECONNREFUSED' });
  await refuse.change({ enabled: false });
  const hang = await snare.faults.add({ type: 'connect_hang' });
  await hang.change({ enabled: false });
  const delay = await snare.faults.add({ type: 'connect_delay', attributes: { delay: '1h' } });
  const waiting = await dialWire(t, snare);
  await waiting.send(HEADER);
  await delay.change({ enabled: false });
  await waiting.octets(100);
  await openAmqp(t, snare);
  t.deepEqual(
    [refuse, hang, delay].map(({ isThere, enabled }) => [isThere, enabled]),
    Array(3).fill([true, false]),
  );
  await refuse.change({ enabled: true });
  await t.throwsAsync(dialWire(t, snare), { code: 'ECONNREFUSED' });
});

for (const until of ['start', 'start-ok', 'tune', 'tune-ok'] as const) {
  test(`a fault added after ${until} acts at a later moment of the handshake`, async (t) => {
    await using snare = await createSnare();
    const amqp = await openAmqp(t, snare, { until });
    await snare.faults.add({ type: 'amqp_reset', attributes: { at: 'running' }, when: { user: 'guest' } });
    if (until === 'start') {
      const { startOk, plain } = await import('../support/bytes.js').then(({ client, plain }) => ({
        ...client,
        plain,
      }));
      await amqp.wire.send(startOk({ response: plain('guest', 'guest') }));
    }
    if (until === 'start' || until === 'start-ok') await amqp.next('connection.tune');
    if (until !== 'tune-ok')
      await amqp.send({ name: 'connection.tune-ok', channelMax: 0, frameMax: 131_072, heartbeat: 0 });
    await amqp.send({ name: 'connection.open', virtualHost: '/' });
    t.is(await amqp.wire.how(), 'rst');
    t.like(await snare.nextReport(), { fault: { type: 'amqp_reset', at: 'running' } });
  });
}

test('the error for a missing report lists the reports seen instead', async (t) => {
  await using snare = await createSnare();
  const wire = await dialWire(t, snare);
  await wire.send('amqp0091');
  await wire.how();
  await snare.nextReport();
  await t.throwsAsync(snare.nextReport({ reason: 'handshake_timeout' }, { timeout: 10 }), {
    code: 'ERR_NO_REPORT',
    message:
      /no report matching \{"reason":"handshake_timeout"\} within 10 ms; the last 1 of 1 reports:\n {2}127.* bad_header, decision refuse/,
  });
});

test('the error for a missing report lists the connections that are still open', async (t) => {
  await using snare = await createSnare();
  await openAmqp(t, snare);
  await t.throwsAsync(snare.nextReport({}, { timeout: 10 }), {
    code: 'ERR_NO_REPORT',
    message: /no connection has ended\nconnections still open: 1\. .*\n {2}127\.0\.0\.1:\d+ stage running$/,
  });
});

test('down closes connections and refuses connects, and up listens again', async (t) => {
  await using snare = await createSnare();
  const amqp = await openAmqp(t, snare);
  t.is(snare.connections().length, 1);
  t.like(snare.connections()[0], { stage: 'running' });
  await snare.down();
  t.is(await amqp.wire.how(), 'fin');
  await t.throwsAsync(dialWire(t, snare), { code: 'ECONNREFUSED' });
  await snare.up();
  await openAmqp(t, snare);
});

test('connect_refuse refuses connects and does not affect open connections', async (t) => {
  await using snare = await createSnare();
  const amqp = await openAmqp(t, snare);
  const fault = await snare.faults.add({ type: 'connect_refuse' });
  await t.throwsAsync(dialWire(t, snare), { code: 'ECONNREFUSED' });
  await fault.remove();
  await openAmqp(t, snare);
  t.is(amqp.wire.receivedLength > 0, true);
  t.is(snare.connections().length, 2);
});

test('connect_hang makes connects hang until it is removed', async (t) => {
  await using snare = await createSnare();
  const fault = await snare.faults.add({ type: 'connect_hang' });
  const { connect: dial } = await import('node:net');
  const socket = dial({ host: snare.host, port: snare.port });
  // It is reset when the snare is closed.
  socket.on('error', () => {});
  t.teardown(() => socket.destroy());
  let isConnected = false;
  socket.once('connect', () => {
    isConnected = true;
  });
  const { setTimeout: sleep } = await import('node:timers/promises');
  // There is no event to wait for, because nothing must happen.
  await sleep(200);
  t.false(isConnected);
  const connected = new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  await fault.remove();
  // The kernel retries the connect after a second.
  await connected;
  t.true(isConnected);
});

test('connect_delay delays the handshake', async (t) => {
  await using snare = await createSnare();
  await snare.faults.add({ type: 'connect_delay', attributes: { delay: 150 } });
  const began = performance.now();
  await openAmqp(t, snare);
  t.true(performance.now() - began >= 149);
});

test('a paused handshake continues after up', async (t) => {
  await using snare = await createSnare();
  await snare.pause();
  const opening = openAmqp(t, snare);
  const isOpen = await Promise.race([
    opening.then(() => true),
    new Promise((resolve) => setTimeout(resolve, 100, false)),
  ]);
  t.false(isOpen);
  await snare.up();
  await opening;
});

test('a scenario removes its faults when its lease expires', async (t) => {
  await using snare = await createSnare();
  const run = await snare.scenario({ lease: '1500ms', steps: [{ type: 'amqp_reset', attributes: { at: 'start' } }] });
  await t.throwsAsync(connect(snare.url));
  while (!run.isOver) await new Promise((resolve) => setTimeout(resolve, 10));
  const connection = await connect(snare.url);
  await connection.close();
});

test('healthChecks are an option, and can be changed', async (t) => {
  const fail = [{ sources: ['127.0.0.1'], answer: 'fail', failWith: 'refuse' }] as const;
  await using snare = await createSnare({ healthChecks: fail });
  const wire = await dialWire(t, snare);
  await wire.send(HEADER);
  t.is((await wire.octets(8)).toString('latin1'), 'AMQP\0\0\x09\x01');
  t.like(await snare.nextReport(), { healthCheckAnswer: 'fail', reason: { name: 'health_check_failed' } });
  await snare.answerHealthChecks([{ sources: '127.0.0.1', answer: 'local' }]);
  const check = await dialWire(t, snare);
  await check.send(HEADER);
  await check.octets(100);
  check.rst();
  t.like(await snare.nextReport(), { healthCheckAnswer: 'local', upstream: null });
  await t.throwsAsync(snare.answerHealthChecks('off' as never), { message: /^healthChecks must be one of/ });
  await t.throwsAsync(createSnare({ healthChecks: [{ sources: [], answer: 'local' }] }), {
    code: 'ERR_CONFIG',
    message: /^healthChecks\[0\]\.sources must be a list/,
  });
  const run = await snare.scenario({ steps: [{ healthChecks: 'forward' }] });
  await (await connect(snare.url)).close();
  t.like(await snare.nextReport(), { decision: 'forward', healthCheckAnswer: null });
  run.stop();
  const again = await dialWire(t, snare);
  await again.send(HEADER);
  await again.octets(100);
  again.rst();
  t.like(await snare.nextReport(), { healthCheckAnswer: 'local' });
});
