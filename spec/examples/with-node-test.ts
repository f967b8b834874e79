// An example test with node:test. Run it with `node --test`.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { connect } from 'amqplib';
import { createSnare } from '../../lib/index.js';

const snare = await createSnare();
after(() => snare.close());

test('a refused login is reported to the caller', async () => {
  await using fault = await snare.faults.add({ type: 'amqp_close', attributes: { at: 'start-ok', code: 403 } });
  await assert.rejects(connect(snare.url), /403/);
  assert.equal(fault.seen.length, 1);
  const report = await snare.nextReport({ decision: 'fault' });
  assert.equal(report.handshake?.user, 'guest');
});

test('the next login succeeds', async () => {
  const connection = await connect(snare.url);
  await connection.close();
});
