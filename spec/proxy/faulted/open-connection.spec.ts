import test, { type ExecutionContext } from 'ava';
import { broker, client, concat, frame } from '../../support/bytes.js';
import { type Faulty, startFaulty } from '../../support/faults.js';
import type { Wire } from '../../support/wire.js';

const GREETING = concat(broker.start(), broker.tune(), broker.openOk());
const BLOCKED = frame({ name: 'connection.blocked', reason: 'low on memory' });
const CAPABLE = { product: 'app', capabilities: { 'connection.blocked': true } };
/** Half of a frame on channel 1: where a side is when the fault is added. */
const PARTIAL = concat(new Uint8Array([1, 0, 1, 0, 0, 0, 4]), new Uint8Array([0, 10]));
const REST = new Uint8Array([0, 11, 0xce]);

/** Opens a connection while its proxy has no fault. */
async function open(
  t: ExecutionContext,
  properties: Parameters<typeof client.startOk>[0] = {},
): Promise<Faulty & { readonly app: Wire; readonly rabbit: Wire }> {
  const faulty = await startFaulty(t);
  const { client: app, broker: rabbit } = await faulty.connect();
  await app.send(concat(client.startOk(properties), client.tuneOk(), client.open('orders')));
  await rabbit.send(GREETING);
  await app.octets(GREETING.length);
  return { ...faulty, app, rabbit };
}

test('a fault that is added to an open connection knows its header, product, user and virtual host', async (t) => {
  const { app, add, proxy } = await open(t, { properties: CAPABLE });
  const when = { header: '0-9-1', product: 'app', user: 'guest', vhost: 'orders' } as const;
  add({ type: 'amqp_blocked', when }, { type: 'amqp_blocked', name: 'other', when: { ...when, user: 'somebody' } });
  await app.octets(GREETING.length + BLOCKED.length);
  t.deepEqual(app.received.subarray(GREETING.length), Buffer.from(BLOCKED));
  app.rst();
  t.deepEqual(
    (await proxy.nextReport()).faults.map(({ name, at }) => ({ name, at })),
    [{ name: 'amqp_blocked_downstream', at: 'running' }],
  );
});

test('Connection.Blocked is not sent on an open connection whose client did not announce the capability', async (t) => {
  const { app, rabbit, add, proxy } = await open(t);
  add({ type: 'amqp_blocked' });
  await rabbit.send(broker.openOk());
  await app.octets(GREETING.length + broker.openOk().length);
  t.deepEqual(app.received.subarray(GREETING.length), Buffer.from(broker.openOk()));
  app.rst();
  t.deepEqual((await proxy.nextReport()).faults, []);
});

test('a fault that is added inside a frame of the broker waits for the end of the frame', async (t) => {
  const { app, rabbit, add } = await open(t, { properties: CAPABLE });
  await rabbit.send(PARTIAL);
  await app.octets(GREETING.length + PARTIAL.length);
  add({ type: 'amqp_blocked' });
  await rabbit.send(REST);
  const expected = concat(PARTIAL, REST, BLOCKED);
  await app.octets(GREETING.length + expected.length);
  t.deepEqual(app.received.subarray(GREETING.length), Buffer.from(expected));
});

test('amqp_close that is added to an open connection closes it and sends the upstream Close 200', async (t) => {
  const { app, rabbit, add, proxy } = await open(t);
  const before = rabbit.receivedLength;
  add({ type: 'amqp_close', attributes: { at: 'running', code: 320 } });
  const close = frame({
    name: 'connection.close',
    replyCode: 320,
    replyText: 'CONNECTION_FORCED - closed by rabbit-snare',
    classId: 0,
    methodId: 0,
  });
  await app.octets(GREETING.length + close.length);
  t.deepEqual(app.received.subarray(GREETING.length), Buffer.from(close));
  await app.send(frame({ name: 'connection.close-ok' }));
  t.is(await app.how(), 'rst');
  await rabbit.octets(before + 11);
  t.is(rabbit.received.readUInt16BE(before + 11), 200);
  rabbit.rst();
  t.like(await proxy.nextReport(), { decision: 'fault', connectionClose: { by: 'proxy', code: 320 } });
});
