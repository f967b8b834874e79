import { type ChannelModel, connect } from 'amqplib';
import test, { type ExecutionContext } from 'ava';
import type { FaultInput } from '../../lib/faults/fault.js';
import { createSnare, type Snare } from '../../lib/index.js';
import { carry } from '../support/amqplib-messages.js';
import { until } from '../support/rabbitmq/until.js';
import { pem, pemPath } from '../support/secure-wire.js';
import { sharedRabbitmq } from '../support/shared-rabbitmq.js';
import { within } from '../support/within.js';

const MESSAGES = 200;
const TRUSTED = { ca: ['ca', 'signing-ca'].map((name) => Buffer.from(pem(name))), servername: 'localhost' };
const CA = { ca_cert: pemPath('signing-ca'), ca_key: pemPath('signing-ca-key') };

/** A proxy that ends TLS in front of the broker. */
async function start(t: ExecutionContext): Promise<Snare> {
  const tls = { cert: pemPath('server'), key: pemPath('server-key') };
  const snare = await createSnare({ upstream: `127.0.0.1:${sharedRabbitmq().port}`, tls });
  t.teardown(() => snare.close());
  return snare;
}

/** Messages go to the broker and back, in order. */
async function works(t: ExecutionContext, connection: ChannelModel): Promise<void> {
  const body = (at: number) => `${at}`;
  t.deepEqual(
    await carry(connection, MESSAGES, body),
    Array.from({ length: MESSAGES }, (_, at) => body(at)),
  );
}

for (const [fault, expected, close] of [
  ...(['client-hello', 'server-flight', 'secured'] as const).flatMap(
    (at) =>
      [
        [{ type: 'tls_reset', attributes: { at } }, at === 'secured' ? undefined : { code: 'ECONNRESET' }, 'rst'],
        [{ type: 'tls_fin', attributes: { at } }, undefined, 'fin'],
        [{ type: 'tls_fin', attributes: { at, close_notify: false } }, undefined, 'fin'],
        [{ type: 'tls_stall', attributes: { at, timeout: 1 } }, undefined, 'rst'],
      ] as const,
  ),
  [{ type: 'tls_alert' }, { code: 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE' }, null],
  [{ type: 'tls_certificate', attributes: { problem: 'expired', ...CA } }, { code: 'CERT_HAS_EXPIRED' }, null],
  [{ type: 'tls_certificate', attributes: { problem: 'not_yet_valid', ...CA } }, { code: 'CERT_NOT_YET_VALID' }, null],
  [
    { type: 'tls_certificate', attributes: { problem: 'other_host', ...CA } },
    { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    null,
  ],
  [{ type: 'tls_certificate', attributes: { problem: 'unknown_ca' } }, { code: 'SELF_SIGNED_CERT_IN_CHAIN' }, null],
  [{ type: 'amqp_fin', attributes: { at: 'accept' } }, undefined, 'fin'],
  [{ type: 'amqp_reset', attributes: { at: 'accept' } }, { code: 'ECONNRESET' }, 'rst'],
] as readonly (readonly [FaultInput, { readonly code: string } | undefined, 'fin' | 'rst' | null])[]) {
  test(`amqplib fails on ${JSON.stringify(fault)}, and then connects`, async (t) => {
    const snare = await start(t);
    const neighbor = await connect(snare.url, TRUSTED);
    // If an assertion fails, the proxy is closed before this connection.
    neighbor.on('error', () => {});
    await snare.faults.add({ ...fault, name: 'here', times: 1 } as FaultInput);
    await t.throwsAsync(connect(snare.url, TRUSTED), expected);
    const report = await snare.nextReport({ decision: 'fault' });
    t.like(report, { fault: { name: 'here', type: fault.type } });
    if (close !== null) t.like(report, { upstream: null, ended: { by: 'proxy', clientSaw: close } });
    const connection = await connect(snare.url, TRUSTED);
    await works(t, connection);
    await works(t, neighbor);
    await connection.close();
    await neighbor.close();
  });
}

for (const at of ['client-hello', 'server-flight', 'secured'] as const) {
  test(`amqplib waits in a tls_stall at ${at}, and connects when it is removed`, async (t) => {
    const snare = await start(t);
    const fault = await snare.faults.add({ type: 'tls_stall', attributes: { at, timeout: 0 } });
    const connecting = connect(snare.url, TRUSTED);
    t.true(await until(() => fault.seen.length > 0, 10_000));
    await fault.remove();
    const connection = await connecting;
    await works(t, connection);
    await connection.close();
    t.like(await snare.nextReport(), { decision: 'fault', stage: 'closed', reason: { name: 'connection_closed' } });
  });
}

test('a bare FIN in a running connection is a close for amqplib, and the broker is closed cleanly', async (t) => {
  const snare = await start(t);
  const connection = await connect(snare.url, TRUSTED);
  const closed = new Promise((resolve) => connection.once('close', resolve));
  connection.on('error', () => {});
  await snare.faults.add({ type: 'amqp_fin', attributes: { at: 'running', close_notify: false } });
  await within(closed, 'the close');
  t.like(await snare.nextReport(), {
    fault: { type: 'amqp_fin', at: 'running' },
    ended: { clientSaw: 'fin', upstreamSaw: 'fin' },
  });
});
