// npm i -D rabbit-snare amqplib ava && npx ava ava.test.mjs
import { connect } from 'amqplib';
import test from 'ava';
import { createSnare } from 'rabbit-snare';

/** A proxy for one test: ava runs the tests of a file concurrently. No broker is needed: it has a stand-in. */
async function setUp(t) {
  const snare = await createSnare();
  t.teardown(() => snare.close());
  return snare;
}

/** The client under test: replace it with yours. */
const connectClient = (url) => connect(url, { recovery: { initialDelay: 10, maxRetries: 3 } });

test('the client connects after the broker has refused it twice', async (t) => {
  const snare = await setUp(t);
  const fault = await snare.faults.add({ type: 'amqp_close', attributes: { at: 'open', code: 320 }, times: 2 });
  const connection = await connectClient(snare.url);
  t.teardown(() => connection.close());
  t.is(fault.seen.length, 2);
  t.is((await snare.nextReport()).connectionClose.code, 320);
});
