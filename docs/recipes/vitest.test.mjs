// npm i -D rabbit-snare amqplib vitest && npx vitest run vitest.test.mjs
import { connect } from 'amqplib';
import { createSnare } from 'rabbit-snare';
import { expect, test } from 'vitest';

/** The client under test: replace it with yours. */
const connectClient = (url) => connect(url, { timeout: 300 });

test('the client gives up when the broker never answers', async ({ onTestFinished }) => {
  // A proxy for this test alone. No broker is needed: it has a stand-in.
  const snare = await createSnare();
  onTestFinished(() => snare.close());
  const fault = await snare.faults.add({ type: 'amqp_stall', attributes: { at: 'start', timeout: 0 } });
  await expect(connectClient(snare.url)).rejects.toThrow('ETIMEDOUT');
  expect(fault.seen).toHaveLength(1);
  await fault.remove(); // Otherwise the bytes that it holds back keep the connection open.
  expect((await snare.nextReport()).ended.by).toBe('client');
});
