import { CommandError } from '../support/command-error.js';
import { type Case, replay } from '../support/corpus.js';
import type { RabbitmqLog } from '../support/rabbitmq/log.js';
import { until } from '../support/rabbitmq/until.js';
import { playFromPort } from './play-from-port.js';
import type { Subject } from './subject.js';

/** Logged by a broker of 3.9 or later that has dropped entries. */
const DROPPED = /Handler \S+ switched from \w+ to drop mode/;

const FENCE: Case = { name: 'fence', group: '', steps: [{ send: { text: 'amqp0091' } }], watch: 0 };

/**
 * Waits until the broker's log, which can lag by seconds, contains an entry for a connection opened now.
 *
 * @throws CommandError when that entry never appears, or when entries were dropped
 */
export async function upToNow(subject: Subject, log: RabbitmqLog): Promise<string> {
  const { host, port, handshakeTimeout } = subject;
  // The process of a client that reset may not have been notified yet.
  await replay({ ...FENCE, steps: [], watch: 300 }, subject, { handshakeTimeout, patience: 0 });
  const fence = await playFromPort(FENCE, subject, handshakeTimeout);
  const closing = new RegExp(`closing AMQP connection [^\\n]*:${fence.port} -> [^]*amqp0091`);
  const isThere = async () => closing.test(await log.text());
  if (!(await until(isThere, 15_000))) {
    throw new CommandError(
      `${log.path} contains no connection from port ${fence.port} to ${host}:${port}. Is it this broker’s log? Address translation in between is not supported.`,
    );
  }
  const text = await log.text();
  if (!DROPPED.test(text)) return text;
  throw new CommandError(`${log.path}: the broker was too busy and dropped log entries; try again`);
}
