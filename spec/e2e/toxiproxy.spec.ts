import { once } from 'node:events';
import { type ChannelModel, connect } from 'amqplib';
import test, { type ExecutionContext } from 'ava';
import { Toxiproxy } from 'toxiproxy-node-client';
import { carry } from '../support/amqplib-messages.js';
import { startControl } from '../support/control.js';
import { until } from '../support/rabbitmq/until.js';
import { sharedRabbitmq } from '../support/shared-rabbitmq.js';
import { within } from '../support/within.js';

/** A Toxiproxy client, and a proxy that it created in front of the real broker. */
async function behindToxiproxy(t: ExecutionContext) {
  const { url, call, instance } = await startControl(t);
  const upstream = `127.0.0.1:${sharedRabbitmq().port}`;
  const proxy = await new Toxiproxy(url).createProxy({ name: 'rmq', listen: '127.0.0.1:0', upstream, enabled: true });
  const amqp = (user = 'guest') => `amqp://${user}:${user}@${proxy.listen}`;
  const add = (type: string, attributes: object, stream = 'downstream') =>
    proxy.addToxic({ name: '', type, stream, toxicity: 1, attributes } as never);
  return { proxy, add, amqp, call, instance };
}

const failed = (connection: ChannelModel): Promise<Error> =>
  within(
    once(connection, 'error').then(([error]) => error as Error),
    'an error of the client',
  );

test('messages pass a proxy that a Toxiproxy client created, with toxics and after their removal', async (t) => {
  const { add, amqp } = await behindToxiproxy(t);
  const connection = await connect(amqp());
  const body = (at: number): string => `message ${at} `.repeat(at % 50);
  const expected = Array.from({ length: 200 }, (_, at) => body(at));
  t.deepEqual(await carry(connection, 200, body), expected);
  const slicer = await add('slicer', { average_size: 16, size_variation: 8, delay: 10 });
  const latency = await add('latency', { latency: 20, jitter: 5 }, 'upstream');
  t.deepEqual(await carry(connection, 200, body), expected);
  await slicer.remove();
  await latency.remove();
  t.deepEqual(await carry(connection, 200, body), expected);
  await connection.close();
});

test('a disabled proxy disconnects its clients, and accepts them again when enabled', async (t) => {
  const { proxy, amqp } = await behindToxiproxy(t);
  const { listen, upstream } = proxy;
  const connection = await connect(amqp());
  const error = failed(connection);
  await proxy.update({ enabled: false, listen, upstream });
  t.regex((await error).message, /Unexpected close|ECONNRESET/);
  await t.throwsAsync(connect(amqp()), { code: 'ECONNREFUSED' });
  await proxy.update({ enabled: true, listen, upstream });
  const again = await connect(amqp());
  await again.close();
});

test('handshake faults can be added as toxics, and reports list them', async (t) => {
  const { add, amqp, call } = await behindToxiproxy(t);
  await add('amqp_close', { at: 'open', code: 320, times: 2 });
  for (let at = 0; at < 2; at++) await t.throwsAsync(connect(amqp()), { message: /ConnectionClose/ });
  const connection = await connect(amqp());
  const error = failed(connection);
  await add('amqp_close', { at: 'running', code: 541, user: 'guest' }, 'upstream');
  t.regex((await error).message, /541|INTERNAL.ERROR/i);
  const reports = await until(async () => {
    const { body } = await call('GET', '/reports?decision=fault');
    return body.length === 3 && body;
  }, 10_000);
  t.deepEqual(
    reports.map(({ connectionClose }: { connectionClose: { code: number } }) => connectionClose.code),
    [541, 320, 320],
  );
});

test('an open connection is closed with 320 on request, and the broker sees a clean close', async (t) => {
  const { amqp, call } = await behindToxiproxy(t);
  const connection = await connect(amqp());
  // amqplib does not treat a 320 as an error.
  const closed = within(once(connection, 'close'), 'the close of the client');
  const open = await until(async () => {
    const { body } = await call('GET', '/connections');
    return body[0]?.stage === 'running' && body;
  }, 10_000);
  t.is((await call('DELETE', `/connections/${open[0].id}?close=320`)).status, 204);
  t.regex(String((await closed)[0]), /320|CONNECTION.FORCED/i);
  const [report] = (await call('GET', `/reports?wait=10s`)).body;
  t.like(report, {
    decision: 'fault',
    reason: { name: 'connection_closed', severity: 'info' },
    connectionClose: { by: 'proxy', code: 320 },
  });
});
