import { readFileSync } from 'node:fs';
import { connect } from 'amqplib';
import test from 'ava';
import { createSnare } from '../../lib/index.js';
import { pem, pemPath } from '../support/secure-wire.js';

const tls = { cert: pemPath('server'), key: pemPath('server-key') };
const trusting = { ca: [Buffer.from(pem('ca'))], servername: 'localhost' };

test('a snare with tls accepts amqps, and TLS faults', async (t) => {
  await using snare = await createSnare({ tls, faults: [{ type: 'tls_reset', times: 1 }] });
  t.true(snare.url.startsWith('amqps://guest:guest@127.0.0.1:'));
  await t.throwsAsync(connect(snare.url, trusting), { code: 'ECONNRESET' });
  t.like(await snare.nextReport(), { decision: 'fault', fault: { type: 'tls_reset', at: 'client-hello' } });
  const connection = await connect(snare.url, trusting);
  await connection.close();
  t.like(await snare.nextReport(), { decision: 'forward', tls: { terminated: true } });
});

test('a snare with a CA requires a certificate of its clients', async (t) => {
  await using snare = await createSnare({ tls: { ...tls, ca: pemPath('ca') } });
  const certificate = { cert: readFileSync(pemPath('client')), key: readFileSync(pemPath('client-key')) };
  const connection = await connect(snare.url, { ...trusting, ...certificate });
  await connection.close();
  t.like(await snare.nextReport(), { decision: 'forward' });
  await t.throwsAsync(connect(snare.url, trusting));
  t.like(await snare.nextReport(), { reason: { name: 'handshake_error' } });
});

test('a snare without tls refuses TLS faults, and wrong files are named', async (t) => {
  await using snare = await createSnare();
  await t.throwsAsync(snare.faults.add({ type: 'tls_stall' }), {
    message: 'tls_stall of fault "amqp/tls_stall_downstream" needs a proxy with tls, and proxy "amqp" has none',
  });
  await t.throwsAsync(snare.scenario({ steps: [{ type: 'tls_fin', after: '1h' }] }), { message: /needs a proxy/ });
  await t.throwsAsync(createSnare({ tls: { ...tls, key: pemPath('client-key') } }), {
    message: /^tls\.key of proxy amqp must be/,
  });
});
