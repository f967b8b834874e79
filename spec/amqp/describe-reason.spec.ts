import test from 'ava';
import { describeReason } from '../../lib/amqp/describe-reason.js';
import { dialectOf } from '../../lib/amqp/dialect.js';
import { severityOf } from '../../lib/amqp/reason.js';
import { ascii } from '../support/bytes.js';
import { circumstances, PROXY_HEADER_REASONS, REASONS } from '../support/reasons.js';

test('a reason is described by its name, its term, two levels and a sentence', (t) => {
  const about = circumstances({ header: ascii('amqp0091') });
  const described = describeReason(REASONS.bad_header, dialectOf('3.7.7'), about);
  const { sentence, ...others } = described;
  t.deepEqual(others, {
    name: 'bad_header',
    term: '{bad_header,<<"amqp0091">>}',
    severity: 'error',
    loggedAs: 'warning',
  });
  t.regex(sentence, /amqp0091/);
});

test('a missing PROXY header is logged at debug, whatever its severity', (t) => {
  for (const [, reason] of PROXY_HEADER_REASONS) {
    const { name, severity, loggedAs } = describeReason(reason, dialectOf('3.7.7'), circumstances());
    t.deepEqual([name, severity, loggedAs], [reason.name, severityOf(reason), 'debug']);
  }
});
