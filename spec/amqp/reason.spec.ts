import test from 'ava';
import { dialectOf } from '../../lib/amqp/dialect.js';
import {
  isLoggedAsException,
  loggedAs,
  type Reason,
  type ReasonName,
  type Severity,
  severityOf,
  type TlsFailure,
} from '../../lib/amqp/reason.js';
import { FORCED, PROXY_HEADER_REASONS, REASONS } from '../support/reasons.js';

const reasons: readonly Reason[] = Object.values(REASONS);
const named = (all: readonly Reason[]): readonly ReasonName[] => all.map(({ name }) => name);

const bySeverity: Readonly<Record<Severity, readonly ReasonName[]>> = {
  info: ['connection_closed_with_no_data_received', 'connection_closed', 'shutdown', 'fault', 'health_check_failed'],
  warning: ['connection_closed_abruptly', 'upstream_closed', 'limit'],
  error: [
    'bad_header',
    'bad_version',
    'sasl_required',
    'unsupported_amqp1_0_protocol_id',
    'amqp1_0_plugin_not_enabled',
    'handshake_timeout',
    'handshake_error',
    'auth_failure',
    'vhost_not_found',
    'access_refused',
    'frame_error',
    'missed_heartbeats',
    'reader_crashed',
    'upstream_unreachable',
  ],
};

for (const [severity, expected] of Object.entries(bySeverity)) {
  test(`severity ${severity}: ${expected.join(', ')}`, (t) => {
    t.deepEqual(new Set(named(reasons.filter((reason) => severityOf(reason) === severity))), new Set(expected));
  });
}

test('a broker logs a reason at its severity, except no data, which every version logs at debug', (t) => {
  for (const version of ['3.6', '3.7.8', '3.10.8', '4.3']) {
    for (const reason of reasons) {
      const expected = reason.name === 'connection_closed_with_no_data_received' ? 'debug' : severityOf(reason);
      t.is(loggedAs(reason, dialectOf(version)), expected, `${reason.name} in ${version}`);
    }
  }
});

test('a missing PROXY header is logged at debug, but as an error in 3.7.10 to 3.7.23 and 3.8.0 to 3.8.2', (t) => {
  for (const [version, expected] of [
    ['3.7.9', 'debug'],
    ['3.7.10', 'error'],
    ['3.7.13', 'error'],
    ['3.7.23', 'error'],
    ['3.7.24', 'debug'],
    ['3.8.0', 'error'],
    ['3.8.2', 'error'],
    ['3.8.3', 'debug'],
    ['4.3.6', 'debug'],
  ] as const) {
    for (const [, reason] of PROXY_HEADER_REASONS) t.is(loggedAs(reason, dialectOf(version)), expected, version);
  }
});

test('3.7.0 to 3.7.7 log refusals and timeouts as warnings, with no other difference', (t) => {
  for (const version of ['3.7.0', '3.7.7']) {
    t.deepEqual(
      reasons.filter((reason) => loggedAs(reason, dialectOf(version)) !== loggedAs(reason, dialectOf('3.7.8'))),
      reasons.filter((reason) => severityOf(reason) === 'error' && !isLoggedAsException(reason)),
    );
  }
});

test('the level of a failed TLS handshake depends on the failure and on the version', (t) => {
  const alert = (number: number): TlsFailure => ({
    type: 'alert',
    alert: { by: 'server', number, state: 'hello', detail: null, place: null },
    code: null,
  });
  const levels = (name: 'handshake_timeout' | 'bad_header' | 'connection_closed_abruptly', tls: TlsFailure) =>
    ['3.8.9', '3.10.8', '4.1.0', '4.1.1', '4.3.0', '4.3.1'].map((version) =>
      loggedAs({ name, tls }, dialectOf(version)),
    );
  t.deepEqual(levels('bad_header', alert(10)), ['debug', 'notice', 'notice', 'error', 'error', 'warning']);
  t.deepEqual(levels('bad_header', alert(20)), ['debug', 'notice', 'notice', 'error', 'error', 'error']);
  const timeout: TlsFailure = { type: 'timeout', timeout: 5_000 };
  t.deepEqual(levels('handshake_timeout', timeout), ['debug', 'debug', 'debug', 'error', 'error', 'error']);
  t.deepEqual(new Set(levels('connection_closed_abruptly', { type: 'closed' })), new Set(['debug']));
});

test('a connection that the broker closed with an error has severity error, in every version', (t) => {
  const forced: Reason = { name: 'connection_closed', error: FORCED };
  t.is(severityOf(forced), 'error');
  for (const version of ['3.6', '3.7.7', '4.3']) t.is(loggedAs(forced, dialectOf(version)), 'error');
});

test('an error that a broker reports in a Close has its own error entry', (t) => {
  t.deepEqual(named(reasons.filter(isLoggedAsException)), ['auth_failure', 'vhost_not_found', 'access_refused']);
  t.true(isLoggedAsException({ name: 'connection_closed', error: FORCED }));
});
