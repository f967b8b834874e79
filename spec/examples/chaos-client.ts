// A publisher and consumer to try faults on: the profile `chaos` of docker-compose.yml runs two of them. By default it survives: it
// waits for confirms, reconnects, and publishes again what was not confirmed. With --fragile it does none of this, like many a first
// draft of a client.
//
//   node chaos-client.ts amqp://guest:guest@localhost:5673 [--name NAME] [--fragile]
//
// Each message that comes back touches the file, and a health check can ask for its age.
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type ChannelModel, connect } from 'amqplib';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Of the queue, and in the client properties. */
    name: { type: 'string', default: 'chaos-client' },
    fragile: { type: 'boolean', default: false },
    file: { type: 'string', default: '/tmp/round-trip' },
  },
});
const { name, fragile, file } = values;
const [url = 'amqp://guest:guest@localhost:5673'] = positionals;

/** Between two messages, in ms. */
const INTERVAL = 200;
/** Before the next attempts to connect, in ms; the last one repeats. */
const PAUSES = [500, 1_000, 2_000, 5_000];
/** How long to wait for an answer, in ms. Then the connection counts as lost. */
const PATIENCE = 5_000;
const STATUS_INTERVAL = 10_000;

/** Published messages that have not come back, and those that the broker has not confirmed, by their numbers. */
const missing = new Set<number>();
const unconfirmed = new Set<number>();
const total = { published: 0, received: 0, connected: 0 };
let connection: ChannelModel | undefined;
let isStopping = false;

const say = (text: string) => console.log(`${new Date().toISOString()} ${text}`);
const reasonOf = (error: unknown) => (error instanceof Error ? error.message || error.name : String(error));
const status = () => `${total.published} published, ${total.received} received, ${missing.size} missing`;

/** Publishes and consumes on one connection. @throws why it ended */
async function talk(): Promise<void> {
  const model = await within(connect(`${url}?heartbeat=5`, { timeout: PATIENCE, clientProperties: { product: name } }));
  connection = model;
  const ended = new Promise<never>((_, reject) => {
    model.on('error', reject);
    model.on('close', (reason) => reject(reason ?? new Error('the connection was closed')));
  });
  await Promise.race([ended, publishAndConsume(model)]);
}

async function publishAndConsume(model: ChannelModel): Promise<void> {
  const channel = await within(model.createConfirmChannel());
  // The connection reports it.
  channel.on('error', () => {});
  await within(channel.assertQueue(name, { durable: true }));
  const consumer = channel.consume(name, (message) => {
    if (message === null) return;
    channel.ack(message);
    // A message that was published twice counts once.
    if (missing.delete(Number(message.content))) total.received += 1;
    writeFileSync(file, '');
  });
  await within(consumer);
  total.connected += 1;

  const publish = async (number: number): Promise<void> => {
    const confirmed = new Promise<void>((resolve, reject) => {
      channel.sendToQueue(name, Buffer.from(`${number}`), { persistent: true }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
    if (fragile) return void confirmed.catch(() => {});
    await within(confirmed);
    unconfirmed.delete(number);
  };
  const again = unconfirmed.size > 0 ? `; publishes ${unconfirmed.size} unconfirmed again` : '';
  say(`connected, time ${total.connected}${again}`);
  for (const number of unconfirmed) await publish(number);
  while (!isStopping) {
    total.published += 1;
    missing.add(total.published);
    if (!fragile) unconfirmed.add(total.published);
    await publish(total.published);
    await sleep(INTERVAL);
  }
}

/** @throws Error when there is no answer within `PATIENCE` */
async function within<T>(answer: PromiseLike<T>): Promise<T> {
  const answered = new AbortController();
  const tooLate = sleep(PATIENCE, undefined, answered).then(() => {
    throw new Error(`no answer for ${PATIENCE / 1_000} s`);
  });
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    answered.abort();
    tooLate.catch(() => {});
  }
}

async function run(): Promise<void> {
  for (let attempt = 0; !isStopping; attempt += 1) {
    const { connected } = total;
    try {
      await talk();
    } catch (error) {
      if (isStopping) return;
      if (fragile) {
        say(`gives up: ${reasonOf(error)}; ${status()}`);
        process.exit(1);
      }
      // If the broker does not answer, it does not answer this either.
      connection?.close().catch(() => {});
      connection = undefined;
      if (total.connected > connected) attempt = 0;
      const pause = PAUSES[Math.min(attempt, PAUSES.length - 1)] ?? 0;
      say(`lost: ${reasonOf(error)}; ${status()}; tries again in ${pause} ms`);
      await sleep(pause);
    }
  }
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    isStopping = true;
    // The last messages are on their way.
    for (let waited = 0; connection !== undefined && missing.size > 0 && waited < PATIENCE; waited += 50)
      await sleep(50);
    await connection?.close().catch(() => {});
    say(`stopped: ${status()}`);
    process.exit();
  });
}
setInterval(() => say(status()), STATUS_INTERVAL).unref();
await run();
