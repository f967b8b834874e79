// npm i -D rabbit-snare amqplib && node --test node-test.test.mjs
import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { connect } from 'amqplib';
import { createSnare } from 'rabbit-snare';

// One proxy for the file: node:test runs its tests in order. No broker is needed: it has a stand-in.
const snare = await createSnare();
afterEach(() => snare.faults.clear());
after(() => snare.close());

/** The client under test: replace it with yours. */
const connectClient = (url) => connect(url, { clientProperties: { connection_name: 'orders' } });

test('a refused login reaches the caller', async () => {
  await snare.faults.add({ type: 'amqp_close', attributes: { at: 'start-ok', code: 403 }, when: { user: 'guest' } });
  await assert.rejects(connectClient(snare.url), /403 \(ACCESS-REFUSED\)/);
  const { handshake, fault } = await snare.nextReport();
  assert.equal(handshake.connectionName, 'orders');
  assert.equal(fault.at, 'start-ok');
});

test('the next login succeeds', async () => {
  const connection = await connectClient(snare.url);
  await connection.close();
});
