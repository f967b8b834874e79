import test from 'ava';
import { ACCEPTED, step } from '../../lib/amqp/classifier.js';
import { explainEntry } from '../../lib/explain/explain-entry.js';
import { reasonIn } from '../support/explained.js';
import { BROKERS, HEADER_GROUPS, inputsOf, measured, type Outcome } from '../support/golden.js';
import { replayed } from '../support/replayed.js';

/** The recorded entries have placeholders in place of processes and addresses. */
const real = (text: string): string =>
  text
    .replaceAll(/<(?:reader|pid)>/g, '<0.748.0>')
    .replaceAll('CLIENT', '10.0.0.7:50122')
    .replaceAll('SERVER', '10.0.0.2:5672')
    .replaceAll("duration: 'D'", "duration: '3ms'");

const ALL_GROUPS = [...HEADER_GROUPS, 'negotiation', 'running'];
const texts = ({ log }: Outcome): readonly string[] => log.map(({ text }) => real(text));

for (const { name: broker, rules } of BROKERS) {
  test(`every recorded entry of RabbitMQ ${broker} has an explanation`, (t) => {
    const outcomes = measured(broker, ALL_GROUPS).flatMap(({ outcomes: all }) => all);
    for (const text of outcomes.flatMap(texts)) {
      const explanation = explainEntry({ at: null, level: null, text });
      t.truthy(explanation, text);
      t.not(explanation?.name, 'unknown_connection_entry', text);
      if (text.includes('10.0.0.7:50122'))
        t.is(explanation?.client, text.startsWith('FORMATTER') ? null : '10.0.0.7:50122', text);
    }
    t.true(outcomes.length > 4);
  });

  test(`the reason of a refused header is the classifier's, with RabbitMQ ${broker}`, (t) => {
    for (const { name, outcomes } of measured(broker)) {
      const { verdict } = inputsOf(name).reduce((at, input) => step(at, input, rules), ACCEPTED);
      if (!('reason' in verdict)) continue;
      for (const outcome of outcomes.filter(isDecided)) {
        t.is(reasonIn(texts(outcome)), verdict.reason.name, name);
      }
    }
  });
}

/** Whether the broker logged its own decision, and not that the client's reset came first. */
const isDecided = ({ log }: Outcome): boolean =>
  log.some(({ text }) => text.startsWith('closing ')) && !log.some(({ text }) => text.includes('{inet_error,'));

for (const broker of ['3.8.9', '3.10.8', '4.0.5', '4.3.6']) {
  test(`the reason of an accepted connection is that of its report, with RabbitMQ ${broker}`, async (t) => {
    const cases = measured(broker, ['header', 'negotiation', 'running']);
    for (const { name, outcomes } of cases) {
      for (const outcome of outcomes.filter(
        ({ log }) => log.length > 0 && !log.some(({ text }) => text.includes('{inet_error,')),
      )) {
        const { reason } = await replayed(name, outcome, broker);
        t.is(reasonIn(texts(outcome)), reason.name, name);
      }
    }
    t.true(cases.length > 50);
  });
}
