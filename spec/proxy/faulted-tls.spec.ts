import test, { type ExecutionContext } from 'ava';
import type { FaultInput } from '../../lib/faults/fault.js';
import { client as answers, CLOSE_OK, frame, broker as says } from '../support/bytes.js';
import { startFaulty } from '../support/faults.js';
import { HEADER } from '../support/relayed.js';
import { contextOf, dialSecured } from '../support/secure-wire.js';

const START = Buffer.from(says.start());
const TUNE = Buffer.from(says.tune());
const HALF = START.subarray(0, Math.floor(START.length / 2));
const CLOSE = frame({
  name: 'connection.close',
  replyCode: 403,
  replyText: 'no',
  classId: 0,
  methodId: 0,
});

/** A TLS client with a fault, and the proxy's fake broker, which has received the client's header. */
async function connect(t: ExecutionContext, version: 'TLSv1.2' | 'TLSv1.3', fault: FaultInput) {
  const tls = { credentials: { secureContext: contextOf('server') }, requestCert: false };
  const faulty = await startFaulty(t, [{ ...fault, name: 'here' }], { tls });
  const client = await dialSecured(t, faulty.proxy, { minVersion: version, maxVersion: version });
  await client.send(HEADER);
  const broker = await faulty.upstream.next();
  await broker.octets(HEADER.length);
  return { ...faulty, client, broker };
}

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  for (const place of ['before', 'middle', 'after'] as const) {
    test(`${version}: amqp_reset at start, ${place}, is a bare RST after the relayed bytes`, async (t) => {
      const attributes = { at: 'start', place } as const;
      const { client, broker, proxy } = await connect(t, version, { type: 'amqp_reset', attributes });
      await broker.send(START);
      t.deepEqual(await client.how(), { notified: false, close: 'rst' });
      t.deepEqual(client.received, { before: Buffer.alloc(0), middle: HALF, after: START }[place]);
      t.is(await broker.how(), 'fin');
      broker.fin();
      t.like(await proxy.nextReport(), {
        decision: 'fault',
        reason: { name: 'fault' },
        fault: { type: 'amqp_reset', at: 'start' },
        ended: { by: 'proxy', clientSaw: 'rst', upstreamSaw: 'fin' },
        tls: { terminated: true },
      });
    });
  }

  for (const close of ['rst', 'fin'] as const) {
    const name = close === 'rst' ? 'a bare RST' : 'a close_notify and a FIN';

    test(`${version}: amqp_close sends Close, receives Close-Ok, and ends with ${name}`, async (t) => {
      const attributes = { at: 'start-ok', code: 403, text: 'no', close } as const;
      const { client, broker, proxy } = await connect(t, version, { type: 'amqp_close', attributes });
      await broker.send(START);
      await client.octets(START.length);
      await client.send(answers.startOk());
      await client.octets(START.length + CLOSE.length);
      t.deepEqual(client.received, Buffer.concat([START, CLOSE]));
      await client.send(CLOSE_OK);
      t.deepEqual(await client.how(), { notified: close === 'fin', close });
      client.fin();
      t.is(await broker.how(), 'fin');
      t.deepEqual(broker.received, Buffer.from(HEADER));
      broker.fin();
      t.like(await proxy.nextReport(), {
        reason: { name: 'connection_closed' },
        connectionClose: { by: 'proxy', code: 403 },
        fault: { type: 'amqp_close', at: 'start-ok' },
        ended: { by: 'proxy', clientSaw: close },
      });
    });

    test(`${version}: amqp_stall holds bytes back, and ends with ${name}`, async (t) => {
      const attributes = { at: 'start', place: 'middle', timeout: 100, then: close } as const;
      const { client, broker, proxy } = await connect(t, version, { type: 'amqp_stall', attributes });
      await broker.send(START);
      t.deepEqual(await client.how(), { notified: close === 'fin', close });
      t.deepEqual(client.received, HALF);
      client.fin();
      t.is(await broker.how(), 'fin');
      broker.fin();
      t.like(await proxy.nextReport(), {
        fault: { type: 'amqp_stall', at: 'start' },
        ended: { by: 'proxy', clientSaw: close },
      });
    });
  }

  test(`${version}: a removed amqp_stall loses and reorders nothing`, async (t) => {
    const attributes = { at: 'start', place: 'middle', timeout: 0 } as const;
    const { client, broker, faults } = await connect(t, version, { type: 'amqp_stall', attributes });
    await broker.send(Buffer.concat([START, TUNE]));
    await client.octets(HALF.length);
    t.deepEqual(client.received, HALF);
    faults.list.remove('amqp/here');
    await client.octets(START.length + TUNE.length);
    t.deepEqual(client.received, Buffer.concat([START, TUNE]));
  });

  test(`${version}: limit_data counts the bytes inside TLS, and then closes with a close_notify and a FIN`, async (t) => {
    const { client, broker, proxy } = await connect(t, version, { type: 'limit_data', attributes: { bytes: 10 } });
    await broker.send(START);
    t.deepEqual(await client.how(), { notified: true, close: 'fin' });
    t.deepEqual(client.received, START.subarray(0, 10));
    client.fin();
    t.is(await broker.how(), 'fin');
    broker.fin();
    t.like(await proxy.nextReport(), { fault: { type: 'limit_data' }, ended: { by: 'proxy', clientSaw: 'fin' } });
  });

  for (const close of ['rst', 'fin'] as const) {
    test(`${version}: cut with ${close} delivers the bytes before it, and only a FIN has a close_notify`, async (t) => {
      const { client, broker } = await connect(t, version, { type: 'cut', attributes: { bytes: 10, close } });
      await broker.send(START);
      t.deepEqual(await client.how(), { notified: close === 'fin', close });
      t.deepEqual(client.received, START.subarray(0, 10));
      t.is(await broker.how(), close);
      client.fin();
      broker.fin();
    });
  }

  test(`${version}: reset_peer is a bare RST`, async (t) => {
    const fault = { type: 'reset_peer', attributes: { timeout: '1h' } } as const;
    const { client, broker, proxy, faults } = await connect(t, version, fault);
    faults.list.change('amqp/here', { attributes: { timeout: 1 } });
    t.deepEqual(await client.how(), { notified: false, close: 'rst' });
    t.is(await broker.how(), 'rst');
    t.like(await proxy.nextReport(), {
      fault: { type: 'reset_peer' },
      ended: { by: 'proxy', clientSaw: 'rst', upstreamSaw: 'rst' },
    });
  });
}
