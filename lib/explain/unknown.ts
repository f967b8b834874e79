import type { Row } from './row.js';

/** The row for an entry that is about a connection but is not in the table. */
export const UNKNOWN: Row = {
  name: 'unknown_connection_entry',
  reason: null,
  examples: ['closing AMQP connection <0.748.0> (10.0.0.7:50122 -> 10.0.0.2:5672):\n{something_new,42}'],
  pattern:
    /^(?:(?:[cC]losing|[aA]ccept(?:ing|ed)|Error on|Channel error on)\b.*\bconnection\b|[^\n]{0,200}?[^\s(]+:\d+ -> [^\s)]+:\d+)/i,
  what: 'This entry is about a connection{at}, but rabbit-snare does not know it.',
  cause: 'A plugin, or a version of RabbitMQ that is newer than this table.',
  worry: 'maybe',
  fix: 'Look at the entries of the same connection before and after it, and report the entry so that it can be added.',
};
