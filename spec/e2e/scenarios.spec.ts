import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect as dial, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'amqplib';
import test from 'ava';
import type { Fault } from '../../lib/faults/fault.js';
import { readScenarioText } from '../../lib/faults/read-scenario.js';
import { roundOf, type ScenarioInput } from '../../lib/faults/scenario.js';
import { createSnare, type Snare } from '../../lib/index.js';
import { parseDocument } from '../../lib/text/document.js';
import { parseDuration } from '../../lib/text/duration.js';
import { until } from '../support/rabbitmq/until.js';
import { sharedRabbitmq } from '../support/shared-rabbitmq.js';

const FOLDER = 'config/scenarios';
/** Duration of a whole scenario in this spec, in ms. */
const LENGTH = 3_000;
/** Speed-up of a scenario without an end. */
const FACTOR = 20;
/** Timeouts of a client for its connect, and for all its steps, in ms. */
const CONNECT_PATIENCE = 150;
const PATIENCE = 500;
/** What clients see for faults that cause no report, because the proxy receives no connection. */
const OF_LISTENER = { connect_refuse: 'ECONNREFUSED', connect_hang: 'hangs' };

const nameSeen = ({ type, name }: Fault): string => OF_LISTENER[type as 'connect_hang'] ?? name;

for (const file of readdirSync(FOLDER)) {
  test(`${file} acts on clients of a real broker as described, and leaves nothing behind`, async (t) => {
    const text = readFileSync(`${FOLDER}/${file}`, 'utf8');
    const { steps, repeat } = readScenarioText(text, file, { proxy: 'amqp' });
    const length = roundOf(steps);
    const factor = length === null ? FACTOR : (length * (repeat ?? 1)) / LENGTH;
    await using snare = await createSnare({ upstream: `127.0.0.1:${sharedRabbitmq().port}`, seed: 1 });
    // Faults of open connections act on this one at once, however busy the machine is.
    const open = await connect(snare.url);
    open.on('error', () => {});
    const run = await snare.scenario(parseDocument(faster(text, factor), file).value as ScenarioInput);
    const expected = new Set(steps.flatMap((step) => ('fault' in step ? nameSeen(step.fault) : [])));
    const met = new Set<string>();
    const isMet = (): boolean => [...expected].every((each) => met.has(each));
    const isDone = await until(async () => {
      met.add(await tryToConnect(snare));
      await useBroker(snare);
      for (const { faults } of snare.reports()) for (const { name } of faults) met.add(name);
      return length === null ? isMet() : run.isOver;
    }, 30_000);
    t.true(isDone);
    t.true(isMet(), `${[...expected]} and not only ${[...met]}`);
    run.stop();
    leave(open);
    // Held connections resume, or their clients have left.
    t.true(await until(() => snare.connections().length === 0, 15_000));
    const before = snare.reports().length;
    await useBroker(snare, 10_000);
    t.true(await until(() => snare.reports().length > before, 5_000));
    t.like(snare.reports().at(-1), {
      decision: 'forward',
      reason: { name: 'connection_closed' },
      connectionClose: { by: 'client', code: 200 },
      faults: [],
      explained: [],
    });
  });
}

/** The same file, with all durations divided by a factor. */
function faster(text: string, factor: number): string {
  return text.replace(/(?<=: )\d+(?:s|m)\b/g, (duration) => `${Math.ceil(parseDuration(duration) / factor)}ms`);
}

/** `connected`, `hangs`, or the code of the error. */
async function tryToConnect({ host, port }: Snare): Promise<string> {
  const socket = dial({ host, port });
  try {
    return await Promise.race([once(socket, 'connect').then(() => 'connected'), sleep(CONNECT_PATIENCE, 'hangs')]);
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  } finally {
    socket.on('error', () => {});
    socket.destroy();
  }
}

/** Opens a connection, declares a queue, publishes with a confirm, and closes; gives up on timeout. */
async function useBroker({ url }: Snare, patience = PATIENCE): Promise<void> {
  const connection = await connect(url, { timeout: patience }).catch(() => undefined);
  if (connection === undefined) return;
  connection.on('error', () => {});
  const work = async (): Promise<void> => {
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => {});
    const { queue } = await channel.assertQueue('', { exclusive: true });
    channel.sendToQueue(queue, Buffer.from('a message'));
    await channel.waitForConfirms();
    await connection.close();
  };
  await Promise.race([work().catch(() => {}), sleep(patience)]);
  leave(connection);
}

/** Ends a connection without closing it. The client keeps its timers until it receives an error. */
function leave(connection: Awaited<ReturnType<typeof connect>>): void {
  const { stream } = (connection as unknown as { readonly connection: { readonly stream: Socket } }).connection;
  stream.destroy(new Error('timed out'));
}
