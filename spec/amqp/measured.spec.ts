import test from 'ava';
import { measured, type Outcome } from '../support/golden.js';
import { replayed } from '../support/replayed.js';

const GROUPS = ['header', 'negotiation', 'running'];
const BROKERS = ['3.8.9', '3.10.8', '4.0.5', '4.3.6'];

/** The broker's log entries about a connection, without those of other components or about crashes. */
const loggedBy = ({ log }: Outcome): readonly string[] =>
  log
    .filter(({ text }) => /^((accepting|closing) AMQP|Error on AMQP|connection [^:]*: user '.*granted)/s.test(text))
    .map(({ level, text }) => `${level} ${text}`);

/** Two outcomes that do not depend on the octets sent: a reset before accept, and a reset before the answer. */
const isOvertaken = ({ log }: Outcome): boolean =>
  log.length === 0 || log.some(({ text }) => text.includes('{inet_error,'));

const crashed = ({ log }: Outcome): boolean => log.some(({ text }) => text.startsWith('FORMATTER CRASH'));

for (const broker of BROKERS) {
  const cases = measured(broker, GROUPS).flatMap(({ name, outcomes }) =>
    outcomes.filter((outcome) => !isOvertaken(outcome)).map((outcome) => ({ name, outcome })),
  );

  test(`each measured connection is logged as RabbitMQ ${broker} logged it`, async (t) => {
    for (const { name, outcome } of cases) {
      const { entries } = await replayed(name, outcome, broker);
      // Where the broker crashed while printing its closing entry, ours is complete.
      const compared = crashed(outcome) ? entries.slice(0, -1) : entries;
      t.deepEqual(compared, loggedBy(outcome), name);
    }
    t.true(cases.length > 55);
  });

  test(`the log is the same if the octets arrive one by one, with RabbitMQ ${broker}`, async (t) => {
    const octetByOctet = (octets: Uint8Array) => Array.from(octets, (octet) => Uint8Array.of(octet));
    for (const { name, outcome } of cases) {
      t.deepEqual(await replayed(name, outcome, broker, octetByOctet), await replayed(name, outcome, broker), name);
    }
  });
}
