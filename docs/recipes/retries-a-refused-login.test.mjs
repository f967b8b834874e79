// npm i -D rabbit-snare amqplib ava && npx ava retries-a-refused-login.test.mjs
// The authentication backend of the broker is down for a moment. Finds: clients that give up at once, or never.
import { connect } from 'amqplib';
import test from 'ava';
import { createSnare } from 'rabbit-snare';

/** The client under test: replace it with yours. */
const connectClient = (url) => connect(url, { recovery: { initialDelay: 50, maxRetries: 4 } });

/** A proxy that refuses the login of `guest` as RabbitMQ does. No broker is needed: it has a stand-in. */
async function refusingSnare(t, times) {
  const snare = await createSnare();
  t.teardown(() => snare.close());
  const refused = { type: 'amqp_close', attributes: { at: 'start-ok', code: 403 }, when: { user: 'guest' } };
  const fault = await snare.faults.add({ ...refused, times });
  return { snare, fault };
}

test('my client retries a refused login', async (t) => {
  const { snare, fault } = await refusingSnare(t, 2);
  const connection = await connectClient(snare.url);
  t.teardown(() => connection.close());
  t.is(fault.seen.length, 2);
  t.is(snare.connections()[0].stage, 'running');
});

test('my client gives up on a wrong password', async (t) => {
  const { snare, fault } = await refusingSnare(t);
  await t.throwsAsync(connectClient(snare.url), { message: /ACCESS_REFUSED/ });
  t.is(fault.seen.length, 5);
});
