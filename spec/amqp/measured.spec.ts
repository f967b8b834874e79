import test from 'ava';
import { measured, type Outcome } from '../support/golden.js';
import { replayed } from '../support/replayed.js';

const GROUPS = ['header', 'negotiation', 'running'];
const BROKERS = ['3.8.9', '3.10.8', '4.0.5', '4.3.6'];

/** What the broker logged of a connection, without what its other parts and its crashes say. */
const loggedBy = ({ log }: Outcome): readonly string[] =>
  log
    .filter(({ text }) => /^((accepting|closing) AMQP|Error on AMQP|connection [^:]*: user '.*granted)/s.test(text))
    .map(({ level, text }) => `${level} ${text}`);

/** Two outcomes that say nothing of what was sent: a reset that overtook accept, and one that overtook the answer. */
const isOvertaken = ({ log }: Outcome): boolean =>
  log.length === 0 || log.some(({ text }) => text.includes('{inet_error,'));

const crashed = ({ log }: Outcome): boolean => log.some(({ text }) => text.startsWith('FORMATTER CRASH'));

for (const broker of BROKERS) {
  const cases = measured(broker, GROUPS).flatMap(({ name, outcomes }) =>
    outcomes.filter((outcome) => !isOvertaken(outcome)).map((outcome) => ({ name, outcome })),
  );

  test(`what is followed of each measured connection is logged as RabbitMQ ${broker} logged it`, async (t) => {
    for (const { name, outcome } of cases) {
      const { entries } = await replayed(name, outcome, broker);
      // Where the broker failed to print its closing entry, there is ours.
      const compared = crashed(outcome) ? entries.slice(0, -1) : entries;
      t.deepEqual(compared, loggedBy(outcome), name);
    }
    t.true(cases.length > 55);
  });

  test(`it is all the same octet by octet, with RabbitMQ ${broker}`, async (t) => {
    const octetByOctet = (octets: Uint8Array) => Array.from(octets, (octet) => Uint8Array.of(octet));
    for (const { name, outcome } of cases) {
      t.deepEqual(await replayed(name, outcome, broker, octetByOctet), await replayed(name, outcome, broker), name);
    }
  });
}
