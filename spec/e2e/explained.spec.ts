import test, { type ExecutionContext } from 'ava';
import { Log } from '../../lib/report/log.js';
import type { Report } from '../../lib/report/report.js';
import { anonymous, OF_READER, parseLog } from '../conformance/broker-log.js';
import { type AmqpWire, type Opening, openAmqp } from '../support/amqp-wire.js';
import { CLOSE_OK, client, concat, HEARTBEAT, hex } from '../support/bytes.js';
import { MemoryStream } from '../support/memory-stream.js';
import { type ProxyOptions, startProxy } from '../support/proxy.js';
import { until } from '../support/rabbitmq/until.js';
import { type RabbitMQ, startRabbitmq } from '../support/rabbitmq.js';

const HOST = '127.0.0.1';
const HANDSHAKE_TIMEOUT = 3_000;

/** The broker has one connection at a time, so all its log entries are about that connection. */
let broker: RabbitMQ;
test.before(async () => {
  broker = await startRabbitmq({ conf: { handshake_timeout: `${HANDSHAKE_TIMEOUT}` } });
});
test.after.always(() => broker?.stop());

const entriesOf = (log: string): readonly string[] =>
  parseLog(log)
    .filter(({ text }) => OF_READER.test(text))
    .map(anonymous);

/**
 * Returns the report about the connection opened by `act`, and the log entries of the proxy and of the broker. If the proxy
 * has its own timeout, it ends the connection before the broker does, and the broker logs something else.
 */
async function explained(
  t: ExecutionContext,
  behind: RabbitMQ,
  act: (target: { host: string; port: number }) => Promise<unknown>,
  options: ProxyOptions = {},
): Promise<Report> {
  const settings = { dialect: behind.version, handshakeTimeout: HANDSHAKE_TIMEOUT, ...options };
  const proxy = await startProxy(t, { host: HOST, port: behind.port }, settings);
  const stream = new MemoryStream();
  const log = new Log({ format: 'rabbitmq', level: 'debug', stream, now: Date.now, dialect: behind.version });
  proxy.proxy.on('accepting', (accepting) => log.accepting(accepting));
  proxy.proxy.on('introduced', (introduced) => log.introduced(introduced));
  proxy.proxy.on('stage', (reached) => log.stage(reached));
  proxy.proxy.on('connectionError', (error) => log.connectionError(error));
  proxy.proxy.on('report', (report, reason) => log.report(report, reason));
  const mark = behind.log.mark();
  await act(proxy);
  const report = await proxy.nextReport();
  await log.close();
  if (options.handshakeTimeout !== undefined) {
    await mark.waitFor(/closing AMQP connection/);
    return report;
  }
  const ours = entriesOf(stream.text);
  // The broker writes its log with a delay.
  await until(async () => entriesOf(await mark.text()).length >= ours.length, 5_000);
  t.deepEqual(ours, entriesOf(await mark.text()));
  return report;
}

/** Opens a connection up to this step, and waits for its end. */
const opening =
  (t: ExecutionContext, how: Opening) =>
  async (target: { host: string; port: number }): Promise<AmqpWire> => {
    const amqp = await openAmqp(t, target, how);
    await amqp.wire.how();
    return amqp;
  };

const CAPABLE = { capabilities: { authentication_failure_close: true }, product: 'app' };

test.serial('a wrong password is refused without a reply, and explained', async (t) => {
  const report = await explained(t, broker, opening(t, { until: 'start-ok', password: 'wrong' }));
  t.like(report, {
    decision: 'forward',
    stage: 'starting',
    reason: {
      name: 'auth_failure',
      term: "PLAIN login refused: user 'guest' - invalid credentials",
      severity: 'error',
      inferred: true,
    },
    ended: { by: 'upstream', upstreamSent: 'rst', clientSaw: 'rst' },
    handshake: { mechanism: 'PLAIN', user: 'guest', vhost: null },
    connectionClose: null,
  });
  t.true(report.durationMs > 2_900);
});

test.serial('a wrong password is a 403 if the client accepts a Close', async (t) => {
  const report = await explained(t, broker, async (target) => {
    const amqp = await openAmqp(t, target, { until: 'start-ok', password: 'wrong', startOk: { properties: CAPABLE } });
    t.is((await amqp.next('connection.close')).replyCode, 403);
    await amqp.wire.send(CLOSE_OK);
    await amqp.wire.how();
  });
  t.like(report, {
    stage: 'closed',
    reason: { name: 'auth_failure', severity: 'error' },
    connectionClose: { by: 'upstream', code: 403, name: 'ACCESS_REFUSED' },
  });
});

test.serial('a client that disconnects after a wrong password is reported as refused', async (t) => {
  const report = await explained(t, broker, async (target) => {
    const { wire } = await openAmqp(t, target, { until: 'start-ok', password: 'wrong' });
    wire.fin();
    await wire.how();
  });
  t.like(report, { reason: { name: 'auth_failure' }, ended: { by: 'client', clientSent: 'fin' } });
});

const silenced: readonly (readonly [what: string, how: Opening, term: RegExp])[] = [
  [
    'an unknown mechanism',
    { until: 'start-ok', startOk: { mechanism: 'NOPE' } },
    /unknown authentication mechanism 'NOPE'/,
  ],
  [
    'a malformed PLAIN response',
    { until: 'start-ok', startOk: { response: hex('67 75 65 73 74') } },
    /response <<\\"guest\\">> invalid/,
  ],
  [
    'a frame_max that is too small',
    { until: 'tune-ok', tuneOk: { frameMax: 100 } },
    /negotiated frame_max = 100 is lower/,
  ],
  [
    'a frame_max that is too large',
    { until: 'tune-ok', tuneOk: { frameMax: 1_000_000 } },
    /frame_max = 1000000 is higher/,
  ],
  [
    'a channel_max that is too large',
    { until: 'tune-ok', tuneOk: { channelMax: 5_000 } },
    /channel_max = 5000 is higher/,
  ],
  ['no channel limit', { until: 'tune-ok', tuneOk: { channelMax: 0 } }, /channel_max = 0 \(no limit\) is higher/],
];

for (const [what, how, term] of silenced) {
  test.serial(`${what} is followed by 3 s of silence, and is explained`, async (t) => {
    const report = await explained(t, broker, opening(t, how));
    t.like(report.reason, { name: 'handshake_error', severity: 'error', inferred: true });
    t.regex(report.reason.term ?? '', term);
    t.like(report.ended, { by: 'upstream', clientSaw: 'rst' });
  });
}

const garbage: readonly (readonly [what: string, octets: Uint8Array, term: RegExp])[] = [
  [
    'the header twice',
    Buffer.from('AMQP\0\0\x09\x01'),
    /^\{handshake_error,starting,19793, .*frame_too_large,1342177289,4088/,
  ],
  ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\n\r\n'), /starting,17748, .*"type 71, all octets = <<>>/],
  [
    'a frame on channel 1',
    Buffer.concat([hex('01 0001'), client.startOk().subarray(3)]),
    /starting,1, .*unexpected_frame/,
  ],
  ['a wrong frame end', Buffer.concat([client.startOk().subarray(0, -1), hex('00')]), /invalid_frame_end_marker/],
  ['a frame of unknown type', hex('05 0000 00000001 78 ce'), /type 5, all octets = <<\\"x\\">>: unknown_frame/],
  ['an unexpected Open', client.open(), /unexpected method in connection state starting", 'connection\.open'/],
  ['an unexpected Close', client.close(), /unexpected method in connection state starting", 'connection\.close'/],
];

for (const [what, octets, term] of garbage) {
  test.serial(`after a good header, ${what} is explained`, async (t) => {
    const report = await explained(t, broker, async (target) => {
      const { wire } = await openAmqp(t, target, { until: 'start' });
      await wire.send(octets);
      await wire.how();
    });
    t.like(report.reason, { name: 'handshake_error', inferred: true });
    t.regex(report.reason.term ?? '', term);
  });
}

test.serial('an unknown method crashes the reader immediately', async (t) => {
  const report = await explained(t, broker, async (target) => {
    const { wire } = await openAmqp(t, target, { until: 'start' });
    await wire.send(hex('01 0000 00000004 00630063 ce'));
    await wire.how();
  });
  t.like(report.reason, { name: 'reader_crashed', term: '{unknown_method_id,{99,99}}' });
  t.true(report.durationMs < 2_000);
});

const timeouts: readonly (readonly [what: string, how: Opening, more: string, term: string])[] = [
  ['nothing after the header', { until: 'start' }, '', '{handshake_timeout,frame_header}'],
  ['half a frame header', { until: 'start' }, '01 0000', '{handshake_timeout,frame_header}'],
  ['half a payload', { until: 'start' }, '01 0000 00000024 000a', '{handshake_timeout,{frame_payload,1,0,36}}'],
  ['nothing after Tune', { until: 'tune' }, '', '{handshake_timeout,frame_header}'],
  ['nothing after Tune-Ok', { until: 'tune-ok' }, '', '{handshake_timeout,frame_header}'],
];

for (const [what, how, more, term] of timeouts) {
  test.serial(`${what} is ended at the handshake timeout, counted from accept`, async (t) => {
    const hang = async (target: { host: string; port: number }) => {
      const { wire } = await openAmqp(t, target, how);
      await wire.send(hex(more));
      await wire.how();
    };
    // Without the proxy's timeout the broker logs the same.
    const left = await explained(t, broker, hang, { mode: 'observe' });
    t.like(left.reason, { name: 'handshake_timeout', term, inferred: true });
    t.is(left.ended.by, 'upstream');
    const handshakeTimeout = HANDSHAKE_TIMEOUT / 2;
    const report = await explained(t, broker, hang, { handshakeTimeout });
    t.like(report.reason, { name: 'handshake_timeout', term, inferred: false });
    t.like(report.ended, { by: 'proxy', clientSaw: 'rst', upstreamSaw: 'rst' });
    t.true(report.durationMs >= handshakeTimeout, `${report.durationMs} ms`);
  });
}

test.serial('a missing vhost and a forbidden vhost are a 530', async (t) => {
  await broker.ctl('add_vhost', 'closed');
  await broker.ctl('add_user', 'app', 'secret');
  for (const [user, password, vhost, name] of [
    ['guest', 'guest', 'nowhere', 'vhost_not_found'],
    ['app', 'secret', 'closed', 'access_refused'],
  ] as const) {
    const report = await explained(t, broker, async (target) => {
      const amqp = await openAmqp(t, target, { until: 'open', user, password, vhost });
      await amqp.next('connection.close');
      await amqp.wire.send(CLOSE_OK);
      await amqp.wire.how();
    });
    t.like(report, {
      stage: 'closed',
      reason: { name, severity: 'error', inferred: false },
      connectionClose: { by: 'upstream', code: 530, name: 'NOT_ALLOWED' },
      handshake: { user, vhost },
    });
  }
  const limited = await explained(t, broker, async (target) => {
    await broker.ctl('set_vhost_limits', '-p', '/', '{"max-connections": 0}');
    const amqp = await openAmqp(t, target, { until: 'open' });
    await amqp.next('connection.close');
    await amqp.wire.send(CLOSE_OK);
    await amqp.wire.how();
  });
  await broker.ctl('clear_vhost_limits', '-p', '/');
  t.like(limited.reason, { name: 'access_refused' });
  t.regex(limited.reason.term ?? '', /connection limit \(0\) is reached$/);
});

test.serial('any other method instead of Open is a 504', async (t) => {
  const report = await explained(t, broker, async (target) => {
    const amqp = await openAmqp(t, target, { until: 'tune-ok' });
    await amqp.wire.send(client.close());
    await amqp.next('connection.close');
    await amqp.wire.send(CLOSE_OK);
    await amqp.wire.how();
  });
  t.like(report.reason, { name: 'connection_closed', severity: 'error' });
  t.regex(report.reason.term ?? '', /^\{handshake_error,opening, \{amqp_error,channel_error/);
});

test.serial('a client that sends no heartbeats is explained', async (t) => {
  const report = await explained(t, broker, async (target) => {
    const { wire } = await openAmqp(t, target, { tuneOk: { heartbeat: 1 } });
    await wire.how();
  });
  t.like(report, {
    stage: 'running',
    reason: { name: 'missed_heartbeats', term: 'missed heartbeats from client, timeout: 1s', inferred: true },
    ended: { by: 'upstream', clientSaw: 'rst' },
  });
});

test.serial('connections closed by an operator are reported with the given reason', async (t) => {
  const report = await explained(t, broker, async (target) => {
    const amqp = await openAmqp(t, target);
    await broker.ctl('close_all_connections', 'maintenance');
    await amqp.next('connection.close');
    await amqp.wire.send(CLOSE_OK);
    await amqp.wire.how();
  });
  t.like(report, {
    stage: 'closed',
    reason: {
      name: 'connection_closed',
      severity: 'error',
      term: 'operation none caused a connection exception connection_forced: "maintenance"',
    },
    connectionClose: { by: 'upstream', code: 320, name: 'CONNECTION_FORCED', text: 'CONNECTION_FORCED - maintenance' },
  });
});

test.serial('a memory alarm blocks a publisher, not the proxy', async (t) => {
  const { ctl } = broker;
  const report = await explained(t, broker, async (target) => {
    const amqp = await openAmqp(t, target, {
      startOk: { properties: { capabilities: { 'connection.blocked': true } } },
    });
    await amqp.wire.send(hex('01 0001 00000005 0014000a 00 ce'));
    t.is((await amqp.frame()).channel, 1);
    await ctl('set_vm_memory_high_watermark', '0.000001');
    const publish = hex(
      '01 0001 0000000c 003c0028 0000 00 03 6e 6f 70 00 ce 02 0001 0000000e 003c 0000 0000000000000000 0000 ce',
    );
    await amqp.wire.send(publish);
    t.is((await amqp.next('connection.blocked')).reason, 'low on memory');
    await ctl('set_vm_memory_high_watermark', '0.6');
    await amqp.next('connection.unblocked');
    await amqp.wire.send(client.close());
    await amqp.next('connection.close-ok');
    amqp.wire.fin();
    await amqp.wire.how();
  });
  t.like(report, { stage: 'closed', reason: { name: 'connection_closed', severity: 'info' } });
});

test.serial('on an open connection, octets that are not a frame are a 501 and a reset', async (t) => {
  const report = await explained(t, broker, async (target) => {
    const amqp = await openAmqp(t, target);
    await amqp.wire.send('AMQP\0\0\x09\x01');
    t.is((await amqp.next('connection.close')).replyCode, 501);
    await amqp.wire.how();
  });
  t.like(report, { reason: { name: 'frame_error', term: 'fatal_frame_error', severity: 'error' } });
});

test.serial('the connection name set by the client is logged', async (t) => {
  const report = await explained(t, broker, async (target) => {
    const amqp = await openAmqp(t, target, { startOk: { properties: { connection_name: 'orders' } } });
    await amqp.wire.send(concat(HEARTBEAT, client.close()));
    await amqp.next('connection.close-ok');
    amqp.wire.fin();
    await amqp.wire.how();
  });
  t.like(report, { handshake: { connectionName: 'orders' }, reason: { name: 'connection_closed', term: null } });
});

test.serial('a client that disconnects without a Close is reported', async (t) => {
  for (const until of ['start', 'tune', 'open-ok'] as const) {
    const report = await explained(t, broker, async (target) => {
      const { wire } = await openAmqp(t, target, { until });
      wire.fin();
      await wire.how();
    });
    t.like(report.reason, { name: 'connection_closed_abruptly', severity: 'warning', inferred: false });
  }
});

test.serial('a channel error does not end the connection, a connection error does', async (t) => {
  const report = await explained(t, broker, async (target) => {
    const amqp = await openAmqp(t, target);
    await amqp.wire.send(hex('01 0001 00000005 0014000a 00 ce'));
    await amqp.frame();
    await amqp.wire.send(hex('01 0001 00000005 0014000a 00 ce'));
    await amqp.next('connection.close');
    await amqp.wire.send(CLOSE_OK);
    await amqp.wire.how();
  });
  t.like(report.reason, { name: 'connection_closed', severity: 'error' });
  t.regex(report.reason.term ?? '', /^operation channel\.open caused a connection exception channel_error: /);
});

test.serial('a stopping broker sends a Close to open connections only', async (t) => {
  await using other = await startRabbitmq();
  const report = await explained(t, other, async (target) => {
    const amqp = await openAmqp(t, target);
    const stopped = other.ctl('stop_app');
    t.is((await amqp.next('connection.close')).replyCode, 320);
    await amqp.wire.how();
    await stopped;
  });
  t.like(report, {
    reason: { name: 'connection_closed', severity: 'error' },
    connectionClose: { by: 'upstream', code: 320, name: 'CONNECTION_FORCED' },
  });
  await other.ctl('start_app');
  const proxy = await startProxy(t, { host: HOST, port: other.port }, { dialect: other.version });
  const half = await openAmqp(t, proxy, { until: 'tune' });
  await other.ctl('stop_app');
  t.is(await half.wire.how(), 'rst');
  t.like(await proxy.nextReport(), { reason: { name: 'upstream_closed' }, stage: 'tuning' });
});
