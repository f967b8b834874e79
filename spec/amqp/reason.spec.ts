import test from 'ava';
import { dialectOf } from '../../lib/amqp/dialect.js';
import { loggedAs, loggedBeforeTls, type ReasonName, type Severity, severityOf } from '../../lib/amqp/reason.js';
import { REASONS } from '../support/reasons.js';

const names = Object.keys(REASONS) as ReasonName[];

const bySeverity: Readonly<Record<Severity, readonly ReasonName[]>> = {
  info: ['connection_closed_with_no_data_received', 'connection_closed', 'shutdown'],
  warning: ['connection_closed_abruptly', 'upstream_closed', 'limit'],
  error: [
    'bad_header',
    'bad_version',
    'sasl_required',
    'unsupported_amqp1_0_protocol_id',
    'amqp1_0_plugin_not_enabled',
    'handshake_timeout',
    'handshake_error',
    'upstream_unreachable',
  ],
};

for (const [severity, expected] of Object.entries(bySeverity)) {
  test(`of severity ${severity} are ${expected.join(', ')}`, (t) => {
    t.deepEqual(new Set(names.filter((name) => severityOf(name) === severity)), new Set(expected));
  });
}

test('a broker logs a reason at its severity, but no data at debug in every version', (t) => {
  for (const version of ['3.6', '3.7.8', '3.10.8', '4.3']) {
    for (const name of names) {
      const expected = name === 'connection_closed_with_no_data_received' ? 'debug' : severityOf(name);
      t.is(loggedAs(name, dialectOf(version)), expected, `${name} in ${version}`);
    }
  }
});

test('3.7.0 to 3.7.7 log refusals and timeouts as warnings, and nothing else otherwise', (t) => {
  for (const version of ['3.7.0', '3.7.7']) {
    t.deepEqual(
      names.filter((name) => loggedAs(name, dialectOf(version)) !== loggedAs(name, dialectOf('3.7.8'))),
      names.filter((name) => bySeverity.error.includes(name)),
    );
  }
});

test('what fails before the end of the TLS handshake is no line of a broker’s reader', (t) => {
  t.deepEqual(
    (['handshake_timeout', 'bad_header', 'handshake_error', 'connection_closed_abruptly'] as const).map((name) => [
      loggedBeforeTls(name, dialectOf('3.10.8')),
      loggedBeforeTls(name, dialectOf('4.1')),
    ]),
    [
      ['debug', 'error'],
      ['info', 'error'],
      ['info', 'error'],
      ['debug', 'debug'],
    ],
  );
});
