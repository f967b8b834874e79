import { connect } from 'amqplib';
import test, { type ExecutionContext } from 'ava';
import { type ProxyOptions, startProxy } from '../support/proxy.js';
import { type RabbitMQ, startRabbitmq } from '../support/rabbitmq.js';
import { closeRhea, openRhea, refusedRhea, sendAndReceive } from '../support/rhea-client.js';

const QUEUE = 'amqp10-clients';
/** Larger than a segment, and than one read. */
const BODY = 'x'.repeat(200_000);
const GUEST = { username: 'guest', password: 'guest' };
const OPEN = {
  max_frame_size: 65_536,
  channel_max: 100,
  properties: { product: 'a service', version: '1.2.3', platform: 'Node.js' },
};

let broker: RabbitMQ;
/** A 4.x broker speaks AMQP 1.0 without a plugin, requires SASL, and has other addresses. */
let is4: boolean;

const upstream = () => ({ host: '127.0.0.1', port: broker.port });
const address = () => (is4 ? `/queues/${QUEUE}` : `/amq/queue/${QUEUE}`);

test.before(async () => {
  broker = await startRabbitmq({ plugins: ['rabbitmq_amqp1_0'] });
  is4 = Number.parseInt(broker.version, 10) >= 4;
  const connection = await connect(`amqp://guest:guest@127.0.0.1:${broker.port}`);
  const channel = await connection.createChannel();
  await channel.assertQueue(QUEUE);
  await connection.close();
});
test.after.always(() => broker?.stop());

const named = (): ProxyOptions => ({ dialect: broker.version, amqp10: 'on' });
const DIALECTS: readonly (readonly [what: string, options: () => ProxyOptions])[] = [
  ['auto', () => ({})],
  ['that of the broker, with AMQP 1.0', named],
];

for (const [dialect, options] of DIALECTS) {
  for (const sasl of [true, false]) {
    const how = sasl ? 'with SASL' : 'without SASL';

    test.serial(`rhea ${how} sends, receives and closes cleanly; dialect ${dialect}`, async (t) => {
      const proxy = await startProxy(t, upstream(), options());
      const login = sasl ? GUEST : {};
      if (is4 && !sasl) {
        t.deepEqual(await refusedRhea(proxy.port), await refusedRhea(broker.port));
        t.is((await proxy.nextReport()).reason.name, 'sasl_required');
        return;
      }
      const log = broker.log.mark();
      const connection = await openRhea(proxy.port, { ...login, ...OPEN });
      t.is(await sendAndReceive(connection, address(), BODY), BODY);
      await closeRhea(connection);
      const report = await proxy.nextReport();
      t.like(report, {
        decision: 'forward',
        stage: 'closed',
        upstream: `127.0.0.1:${broker.port}`,
        reason: { name: 'connection_closed', term: null, severity: 'info', inferred: false },
        healthCheck: false,
        header: { hex: sasl ? '414d515003010000' : '414d515000010000' },
        connectionClose: { by: 'client', code: null, name: null, text: '' },
        handshake: {
          ...OPEN.properties,
          mechanism: sasl ? 'PLAIN' : null,
          user: sasl ? 'guest' : null,
          vhost: '/',
          channelMax: OPEN.channel_max,
          frameMax: OPEN.max_frame_size,
          serverProduct: 'RabbitMQ',
          serverVersion: broker.version,
        },
        ended: { by: 'client' },
      });
      t.true(report.octets.received > BODY.length && report.octets.sent > BODY.length);
      const { headerMs, upstreamConnectMs, startMs, tuneMs, openMs } = report.timing;
      // Without SASL there are neither credentials nor an outcome.
      const steps = sasl ? [startMs, tuneMs] : [];
      const times = [headerMs, upstreamConnectMs, ...steps, openMs] as number[];
      t.true(times.every((time) => time !== null));
      t.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
        'the steps are in order',
      );
      const opening = sasl ? ['starting', 'tuning', 'opening'] : ['starting'];
      t.deepEqual(
        proxy.stages.map(({ stage }) => stage),
        [...opening, 'running', 'closing', 'closed'],
      );
      // A colon would precede the reason of an unclean end.
      await t.notThrowsAsync(log.waitFor(/closing AMQP( 1\.0)? connection [^\n]*\)\n/));
    });
  }
}

test.serial(
  'with dialect auto, the version learned from rhea’s first connection applies to it and to the next',
  async (t) => {
    const proxy = await startProxy(t, upstream());
    for (let count = 0; count < 2; count++) {
      const connection = await openRhea(proxy.port, GUEST);
      await closeRhea(connection);
      t.is((await proxy.nextReport()).dialect, broker.version);
    }
    t.deepEqual(
      proxy.learned.map(({ learned }) => learned.dialect),
      [broker.version],
    );
  },
);

test.serial('the proxy refuses rhea like a broker without AMQP 1.0, and does not dial the broker', async (t) => {
  const proxy = await startProxy(t, upstream(), { dialect: '3.10', amqp10: 'off' });
  const { events, error } = await refusedRhea(proxy.port, GUEST);
  t.deepEqual(events, ['protocol_error', 'disconnected']);
  t.regex(error ?? '', /Unsupported AMQP version: 0-9-1/);
  t.like(await proxy.nextReport(), {
    decision: 'refuse',
    stage: 'header',
    upstream: null,
    reason: { name: 'amqp1_0_plugin_not_enabled', severity: 'error' },
    ended: { by: 'proxy', clientSaw: 'rst' },
    handshake: null,
  });
});

/** A 3.x broker checks when a session begins, closes with an error, and treats the answer to it as another error. */
async function openNowhere(t: ExecutionContext) {
  const proxy = await startProxy(t, upstream(), named());
  const log = broker.log.mark();
  const nowhere = { ...GUEST, hostname: 'vhost:nowhere-10' };
  const ended = await refusedRhea(proxy.port, nowhere);
  return { proxy, log, ended, direct: await refusedRhea(broker.port, nowhere), report: await proxy.nextReport() };
}

test.serial('rhea receives the broker’s own error for a virtual host that does not exist', async (t) => {
  const { proxy, log, ended, direct, report } = await openNowhere(t);
  t.deepEqual(ended, direct);
  const handshake = { user: 'guest', vhost: 'nowhere-10' };
  t.like(report, { decision: 'forward', healthCheck: false, handshake });
  // A 4.x broker resets without an error.
  if (!is4) {
    t.like(report, { stage: 'closed', reason: { name: 'connection_closed' }, connectionClose: { by: 'upstream' } });
    t.true(ended.error?.includes(report.connectionClose?.text ?? '?'));
    t.is(proxy.stages.at(-1)?.stage, 'closed');
  }
  await t.notThrowsAsync(log.waitFor(/nowhere-10/));
});

test.serial('an AMQP 1.0 connection that the broker closed with an error is not reported as a clean end', async (t) => {
  const { report } = await openNowhere(t);
  t.like(report.reason, { name: 'connection_closed', severity: 'error' });
  t.regex(report.reason.term ?? '', /was refused/);
});

test('rhea receives the broker’s own error for a wrong password, and the report has the broker’s log text', async (t) => {
  const proxy = await startProxy(t, upstream(), named());
  const log = broker.log.mark();
  const login = { username: 'unknown-10', password: 'Wr0ng-Pa55' };
  // A broker takes six seconds to answer.
  const [ended, direct] = await Promise.all([proxy.port, broker.port].map((port) => refusedRhea(port, login)));
  t.deepEqual(ended, direct);
  t.is(ended?.error, 'ConnectionError: Failed to authenticate: 1');
  const report = await proxy.nextReport();
  t.like(report, {
    decision: 'forward',
    stage: 'starting',
    reason: { name: 'handshake_error', severity: 'error', inferred: true },
    healthCheck: false,
    handshake: { mechanism: 'PLAIN', user: 'unknown-10', vhost: null },
    connectionClose: null,
    timing: { tuneMs: null, openMs: null },
  });
  t.true(report.durationMs > 2_900);
  t.false(JSON.stringify([report, proxy.accepting, proxy.stages]).includes(login.password));
  const term = report.reason.term ?? '';
  t.true(term.includes(`PLAIN login refused: user '${login.username}' - invalid credentials`));
  const inOneLine = (text: string) => text.replace(/\n\S+ \S+ \[error\] \S+/g, ' ').replace(/\s+/g, '');
  await t.notThrowsAsync(log.waitFor((text) => inOneLine(text).includes(inOneLine(term))));
});
