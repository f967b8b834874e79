// npm i -D rabbit-snare amqplib jest && NODE_OPTIONS=--experimental-vm-modules npx jest jest.test.mjs
// Jest needs the option to load ES modules. It needs no configuration and no transform.
import { once } from 'node:events';
import { connect } from 'amqplib';
import { createSnare } from 'rabbit-snare';

// One proxy for the file: Jest runs its tests in order. No broker is needed: it has a stand-in.
let snare;
beforeAll(async () => {
  snare = await createSnare();
});
afterEach(() => snare.faults.clear());
afterAll(() => snare.close());

/** The client under test: replace it with yours. */
const connectClient = (url) => connect(url, { recovery: { initialDelay: 10 } });

test('the client comes back after the broker has closed its connection', async () => {
  const client = await connectClient(snare.url);
  const back = once(client, 'connect');
  await snare.faults.add({ type: 'amqp_close', attributes: { at: 'running', code: 320 }, times: 1 });
  expect(await snare.nextReport()).toMatchObject({ stage: 'running', connectionClose: { by: 'proxy', code: 320 } });
  await back;
  expect(snare.connections()).toHaveLength(1);
  await client.close();
});
