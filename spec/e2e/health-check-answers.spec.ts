import { connect, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import type { Report } from '../../lib/report/report.js';
import { startControl } from '../support/control.js';
import { findHaproxy, startHaproxy } from '../support/haproxy.js';
import { listening } from '../support/instance.js';
import { until } from '../support/rabbitmq/until.js';
import { HEADER } from '../support/relayed.js';
import { pemPath } from '../support/secure-wire.js';
import { startServer } from '../support/server.js';
import { sharedRabbitmq } from '../support/shared-rabbitmq.js';
import { dialWire } from '../support/wire.js';

/** A check with the header of AMQP 0-9-1, which expects a whole Start of this broker. */
const tcpCheck = (product: string, first: readonly string[] = []): readonly string[] => [
  'option tcp-check',
  'timeout check 2s',
  ...first,
  'tcp-check send-binary 414d515000000901',
  'tcp-check expect binary 01000000',
  `tcp-check expect string ${product}`,
];

/** HAProxy gives a check as much time to connect as there is between two checks. */
const CHECKED = 'check inter 400ms fall 1 rise 1';

let haproxy: string | undefined;

test.before(async (t) => {
  t.timeout(300_000, 'installing HAProxy can take minutes');
  haproxy = await findHaproxy((line) => console.error(`# ${line}`));
});

/** The shared broker at an address of its own, with a count of the connections to it. */
async function startCounting(t: ExecutionContext) {
  let connections = 0;
  const listening = await startServer(t, (client: Socket) => {
    connections += 1;
    const broker = connect(sharedRabbitmq().port, '127.0.0.1');
    client.pipe(broker).pipe(client);
    for (const socket of [client, broker]) socket.on('error', () => void client.destroy());
    client.once('close', () => broker.destroy());
  });
  return { ...listening, count: () => connections };
}

type State = 'UP' | 'DOWN';

/** Resolves when HAProxy has said this number of times that the server is in this state. */
async function says(t: ExecutionContext, output: () => string, state: State, times: number): Promise<void> {
  const isSaid = (): boolean => output().split(`Server amqp/snare is ${state}`).length > times;
  t.true(await until(isSaid, 20_000), `${times} times ${state}: ${output()}`);
}

const without = (t: ExecutionContext): void => {
  t.log(
    'no HAProxy here; the answers are shown by spec/proxy/health-check-local.spec.ts and health-check-fail.spec.ts',
  );
  t.pass();
};

for (const mode of ['guard', 'observe'] as const) {
  test.serial(
    `${mode}: HAProxy is satisfied with the Start that was learned, and the broker is not connected to`,
    async (t) => {
      if (haproxy === undefined) return without(t);
      const broker = await startCounting(t);
      const { call } = await startControl(t, `listen: 127.0.0.1:0\nupstream: 127.0.0.1:${broker.port}\nmode: ${mode}`);
      const proxy = listening((await call('GET', '/proxies/amqp')).body.listen);
      const app = await dialWire(t, proxy);
      await app.send(HEADER);
      await app.octets(400);
      app.rst();
      t.true(await until(async () => (await call('GET', '/reports')).body.length === 1, 10_000));
      t.is(broker.count(), 1);
      const healthChecks = [{ sources: ['127.0.0.1'], answer: 'local' }];
      t.is((await call('PATCH', '/proxies/amqp', { healthChecks })).status, 200);
      const { output } = await startHaproxy(t, haproxy, proxy, CHECKED, tcpCheck('RabbitMQ'));
      const checks = async (): Promise<readonly Report[]> => {
        const { body } = await call('GET', '/reports?healthCheck=true&reason=connection_closed_abruptly');
        return body.filter(({ client }: Report) => client !== app.address);
      };
      t.true(await until(async () => (await checks()).length >= 3, 20_000));
      for (const report of await checks()) {
        t.like(report, { healthCheckAnswer: 'local', upstream: null, decision: 'none', ended: { by: 'client' } });
        t.is(report.handshake?.serverVersion, sharedRabbitmq().version);
      }
      t.is(broker.count(), 1);
      t.notRegex(output(), /is DOWN/);
    },
  );
}

for (const failWith of ['rst', 'silence', 'refuse'] as const) {
  test.serial(
    `HAProxy fails over when its checks end with ${failWith}, and back when the scenario has ended`,
    async (t) => {
      if (haproxy === undefined) return without(t);
      const { call } = await startControl(t, `listen: 127.0.0.1:0\nupstream: 127.0.0.1:${sharedRabbitmq().port}`);
      const proxy = listening((await call('GET', '/proxies/amqp')).body.listen);
      const check = tcpCheck('RabbitMQ').map((line) => (failWith === 'silence' ? line.replace('2s', '1s') : line));
      const { output } = await startHaproxy(t, haproxy, proxy, CHECKED, check);
      t.true(await until(async () => (await call('GET', '/reports?healthCheck=true')).body.length >= 2, 20_000));
      t.notRegex(output(), /is DOWN/);
      const step = { healthChecks: [{ sources: ['127.0.0.1'], answer: 'fail', failWith }] };
      const scenario = await call('POST', '/scenarios', { steps: [step], lease: '1m' });
      await says(t, output, 'DOWN', 1);
      // HAProxy says that it is down when it leaves, just before the report.
      const reports = (await call('GET', '/reports?reason=health_check_failed&wait=20s')).body;
      t.like(reports[0], { healthCheck: true, healthCheckAnswer: 'fail', upstream: null, decision: 'refuse' });
      await call('DELETE', `/scenarios/${scenario.body.id}`);
      await says(t, output, 'UP', 1);
    },
  );
}

test.serial(
  'HAProxy’s checks with PROXY LOCAL fail by the word fail, inside TLS too, and its clients are served',
  async (t) => {
    if (haproxy === undefined) return without(t);
    const { call } = await startControl(
      t,
      [
        'listen: 127.0.0.1:0',
        `upstream: 127.0.0.1:${sharedRabbitmq().port}`,
        'proxyProtocol: {accept: require, trustedSources: [127.0.0.1]}',
        `tls: {cert: ${pemPath('server')}, key: ${pemPath('server-key')}}`,
      ].join('\n'),
    );
    const proxy = listening((await call('GET', '/proxies/amqp')).body.listen);
    const options = `send-proxy-v2 ssl verify none ${CHECKED.replace('400ms', '1s')} check-send-proxy check-ssl`;
    const first = ['tcp-check connect send-proxy ssl'];
    const balancer = await startHaproxy(t, haproxy, proxy, options, tcpCheck('RabbitMQ', first));
    t.true(await until(async () => (await call('GET', '/reports?healthCheck=true')).body.length >= 2, 20_000));
    t.notRegex(balancer.output(), /is DOWN/);
    const app = await dialWire(t, balancer);
    await app.send(HEADER);
    await app.octets(400);
    await call('PATCH', '/proxies/amqp', { healthChecks: 'local' });
    const local = async () => (await call('GET', '/reports?healthCheck=true')).body[0];
    t.true(await until(async () => (await local()).healthCheckAnswer === 'local', 20_000));
    t.like(await local(), { upstream: null, tls: { terminated: true }, handshake: { serverProduct: 'RabbitMQ' } });
    t.notRegex(balancer.output(), /is DOWN/);
    await call('PATCH', '/proxies/amqp', { healthChecks: 'fail' });
    await says(t, balancer.output, 'DOWN', 1);
    // A connection that was open before is not a health check.
    t.like((await call('GET', '/connections')).body, [{ upstream: `127.0.0.1:${sharedRabbitmq().port}` }] as never);
    app.rst();
    await call('PATCH', '/proxies/amqp', { healthChecks: 'forward' });
    await says(t, balancer.output, 'UP', 1);
  },
);
