import { setTimeout as sleep } from 'node:timers/promises';
import { AMQPClient } from '@cloudamqp/amqp-client';
import { connect } from 'amqplib';
import test from 'ava';
import { createSnare, type FaultInput } from '../../lib/index.js';
import { configOf } from '../support/instance.js';
import { sharedRabbitmq } from '../support/shared-rabbitmq.js';

const upstream = () => `127.0.0.1:${sharedRabbitmq().port}`;

/** The example of the documentation. */
const YAML = `
faults:
  - {type: amqp_close, attributes: {at: start-ok, code: 403}, when: {user: app}, times: 2}
  - {type: amqp_stall, attributes: {at: tune, timeout: 2s, then: resume}, when: {user: app}, times: 1}
`;

test.before(async () => {
  await sharedRabbitmq().ctl('add_user', 'app', 'app');
  await sharedRabbitmq().ctl('set_permissions', 'app', '.*', '.*', '.*');
});

test('the first two logins of user app receive a 403, the third waits 2 s for its Tune, and later ones succeed', async (t) => {
  const faults = configOf(YAML).proxies[0]?.faults as unknown as readonly FaultInput[];
  await using snare = await createSnare({ upstream: upstream(), faults });
  // Other users are not affected.
  const other = await connect(snare.url);
  const tries: string[] = [];
  const began = performance.now();
  const retry = async (): Promise<Awaited<ReturnType<typeof connect>>> => {
    try {
      return await connect(snare.url.replace('guest:guest', 'app:app'));
    } catch (error) {
      tries.push((error as Error).message);
      await sleep(20);
      return retry();
    }
  };
  const connection = await retry();
  t.is(tries.length, 2);
  for (const message of tries) t.regex(message, /403|ACCESS.REFUSED/i);
  t.true(performance.now() - began >= 2_000);
  const channel = await connection.createConfirmChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  channel.sendToQueue(queue, Buffer.from('well'));
  await channel.waitForConfirms();
  await connection.close();
  await other.close();
  const fourth = await connect(snare.url.replace('guest:guest', 'app:app'));
  await fourth.close();
  const closed = snare.reports({ fault: 'amqp_close_downstream' });
  t.is(closed.length, 2);
  t.like(closed[0], {
    stage: 'starting',
    reason: { name: 'connection_closed' },
    connectionClose: { by: 'proxy', code: 403 },
    handshake: { user: 'app' },
  });
  t.like(await snare.nextReport({ fault: 'amqp_stall_downstream' }), {
    decision: 'fault',
    reason: { name: 'connection_closed', term: null },
    faults: [{ type: 'amqp_stall', at: 'tune' }],
  });
});

test('a held publisher confirm does not arrive until the fault is removed', async (t) => {
  await using snare = await createSnare({ upstream: upstream() });
  const connection = await connect(snare.url);
  connection.on('error', () => {});
  const channel = await connection.createConfirmChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  const hold = await snare.faults.add({ type: 'amqp_hold', attributes: { method: 'basic.ack' } });
  channel.sendToQueue(queue, Buffer.from('one'));
  const confirmed = channel.waitForConfirms();
  t.is(await Promise.race([confirmed.then(() => 'confirmed'), sleep(300, 'held')]), 'held');
  t.is(hold.seen.length, 1);
  await hold.remove();
  await confirmed;
  await connection.close();
  t.like(await snare.nextReport(), { decision: 'fault', reason: { name: 'connection_closed' } });
});

test('a Close with 541 reaches an open connection, and the broker sees a clean end', async (t) => {
  await using snare = await createSnare({ upstream: upstream() });
  const connection = await connect(snare.url);
  const closed = new Promise<Error>((resolve) => connection.on('error', resolve));
  const { client } = snare.connections()[0] ?? {};
  await snare.faults.add({ type: 'amqp_close', attributes: { at: 'running', code: 541 } });
  t.regex((await closed).message, /541/);
  const report = await snare.nextReport();
  t.is(report.client, client ?? '');
  t.like(report, {
    connectionClose: { by: 'proxy', code: 541, name: 'INTERNAL_ERROR' },
    ended: { by: 'proxy', upstreamSaw: 'fin' },
  });
});

test('a client with the capability receives Blocked and then Unblocked', async (t) => {
  await using snare = await createSnare({ upstream: upstream() });
  const connection = await connect(snare.url);
  const told: string[] = [];
  const blocked = new Promise<void>((resolve) => connection.on('blocked', (reason) => resolve(void told.push(reason))));
  const unblocked = new Promise<void>((resolve) => connection.on('unblocked', () => resolve()));
  const fault = await snare.faults.add({ type: 'amqp_blocked', attributes: { reason: 'disk' } });
  await blocked;
  await fault.remove();
  await unblocked;
  t.deepEqual(told, ['disk']);
  await connection.close();
});

test('client and broker agree on the limits of a changed Tune', async (t) => {
  await using snare = await createSnare({ upstream: upstream() });
  await snare.faults.add({ type: 'amqp_tune', attributes: { heartbeat: 7, channel_max: 5 } });
  const client = new AMQPClient(snare.url);
  const connection = await client.connect();
  t.is(client.channelMax, 5);
  await connection.close();
  t.like(await snare.nextReport(), { handshake: { channelMax: 5 }, faults: [{ type: 'amqp_tune' }] });
});
