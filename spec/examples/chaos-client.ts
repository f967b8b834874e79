// A publisher and consumer to try faults on: the profile `chaos` of docker-compose.yml runs it twice. By default it survives:
// it waits for confirms, reconnects, and publishes again what was not confirmed. With --fragile it does neither, as many first
// drafts of a client.
//
//   node chaos-client.ts amqp://guest:guest@localhost:5673 [--name NAME] [--fragile]
//
// It touches the file /tmp/round-trip whenever a message has come back. A health check can ask for its age.
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type ChannelModel, connect } from 'amqplib';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: 'string', default: 'chaos-client' },
    fragile: { type: 'boolean', default: false },
    every: { type: 'string', default: '200' },
    file: { type: 'string', default: '/tmp/round-trip' },
  },
});
const { name, fragile } = values;
const [url = 'amqp://guest:guest@localhost:5673'] = positionals;

/** Pauses before the next attempts to connect, in ms; the last one repeats. */
const PAUSES = [500, 1_000, 2_000, 5_000];
/** How long to wait for a confirm or a reply, in ms. Then the connection counts as lost. */
const PATIENCE = 5_000;
const STATUS_INTERVAL = 10_000;

/** Published and not yet received, by number, and of these, not yet confirmed. */
const missing = new Set<number>();
const unconfirmed = new Set<number>();
const total = { published: 0, received: 0, connections: 0 };
let isStopping = false;
let connection: ChannelModel | undefined;

const say = (text: string) => console.log(`${new Date().toISOString()} ${text}`);
const reasonOf = (error: unknown) => (error instanceof Error ? error.message || error.name : String(error));
const status = () =>
  `${total.published} published, ${total.received} received, ${missing.size} missing, ${total.connections} connections`;

/** Publishes and consumes on one connection until it ends. @throws why it ended */
async function talk(): Promise<void> {
  const model = await within(connect(`${url}?heartbeat=5`, { timeout: PATIENCE, clientProperties: { product: name } }));
  connection = model;
  const ended = new Promise<never>((_, reject) => {
    model.on('error', reject);
    model.on('close', (reason) => reject(reason ?? new Error('the connection was closed')));
  });
  // It may also end while nothing waits for it.
  ended.catch(() => {});
  await Promise.race([ended, publishAndConsume(model)]);
}

async function publishAndConsume(model: ChannelModel): Promise<void> {
  const channel = await within(model.createConfirmChannel());
  channel.on('error', () => {});
  await within(channel.assertQueue(name, { durable: true }));
  await within(
    channel.consume(name, (message) => {
      if (message === null) return;
      channel.ack(message);
      if (missing.delete(Number(message.content))) total.received += 1;
      writeFileSync(values.file, '');
    }),
  );
  total.connections += 1;
  say(`connected${unconfirmed.size > 0 ? `; publishing ${unconfirmed.size} unconfirmed messages again` : ''}`);

  const publish = (number: number) => {
    const confirmed = new Promise<void>((resolve, reject) => {
      channel.sendToQueue(name, Buffer.from(String(number)), { persistent: true }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
    return within(confirmed).then(() => unconfirmed.delete(number));
  };
  await Promise.all([...unconfirmed].map(publish));
  while (!isStopping) {
    total.published += 1;
    missing.add(total.published);
    if (!fragile) unconfirmed.add(total.published);
    const confirmed = publish(total.published);
    if (fragile) confirmed.catch(() => {});
    else await confirmed;
    await sleep(Number(values.every));
  }
}

/** @throws Error if the broker has not answered after `PATIENCE` */
async function within<T>(answer: PromiseLike<T>): Promise<T> {
  const timeout = new AbortController();
  const expired = sleep(PATIENCE, undefined, timeout).then(() => {
    throw new Error(`no answer from the broker for ${PATIENCE / 1_000} s`);
  });
  try {
    return await Promise.race([answer, expired]);
  } finally {
    timeout.abort();
    expired.catch(() => {});
  }
}

async function run(): Promise<void> {
  for (let attempt = 0; !isStopping; attempt += 1) {
    const { connections } = total;
    try {
      await talk();
    } catch (error) {
      if (isStopping) return;
      // Nothing more can come from a connection that does not answer.
      connection?.close().catch(() => {});
      connection = undefined;
      if (fragile) {
        say(`gave up: ${reasonOf(error)}; ${status()}`);
        process.exit(1);
      }
      if (total.connections > connections) attempt = 0;
      const pause = PAUSES[Math.min(attempt, PAUSES.length - 1)] as number;
      say(`lost: ${reasonOf(error)}; ${status()}; trying again in ${pause} ms`);
      await sleep(pause);
    }
  }
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    isStopping = true;
    await connection?.close().catch(() => {});
    say(`stopped: ${status()}`);
    process.exit(0);
  });
}
setInterval(() => say(status()), STATUS_INTERVAL).unref();
await run();
