import test from 'ava';
import { dialectOf } from '../../lib/amqp/dialect.js';
import type { TlsFailure } from '../../lib/amqp/reason.js';
import { tlsFailureText } from '../../lib/report/tls-failure-entry.js';

const NO_TLS: TlsFailure = {
  type: 'alert',
  code: null,
  alert: {
    by: 'server',
    number: 10,
    state: 'hello',
    detail: '{unsupported_record_type,65}',
    place: 'tls_record.erl:532',
  },
};
const SENTENCE = 'TLS server: In state hello at tls_record.erl:532 generated SERVER ALERT: Fatal - Unexpected Message';
const PEER = { client: '10.0.0.1:40000', via: null };

const text = (failure: TlsFailure, dialect: string, peer: { client: string; via: string | null } = PEER) =>
  tlsFailureText(peer, failure, dialectOf(dialect));

test('the entry of a client without TLS depends on the version', (t) => {
  t.is(text(NO_TLS, '3.8.9'), null);
  for (const dialect of ['3.9.0', '4.1.0']) t.is(text(NO_TLS, dialect), `${SENTENCE}\n - {unsupported_record_type,65}`);
  for (const dialect of ['4.1.1', '4.3.0']) {
    t.is(
      text(NO_TLS, dialect),
      `{tls_alert,{unexpected_message,"${SENTENCE}\\n {unsupported_record_type,65}"}} error during handshake for protocol 'amqp/ssl' and peer 10.0.0.1:40000`,
    );
  }
  t.is(text(NO_TLS, '4.3.1'), "10.0.0.1:40000 is connecting to the 'amqp/ssl' listener without using TLS");
});

test('a timeout has an entry since 4.1.1', (t) => {
  const failure: TlsFailure = { type: 'timeout', timeout: 5_000 };
  t.is(text(failure, '4.1.0'), null);
  t.is(text(failure, '4.1.1'), "timeout error during handshake for protocol 'amqp/ssl' and peer 10.0.0.1:40000");
});

test('a client that left has no entry', (t) => {
  for (const dialect of ['3.8.9', '4.0', '4.3']) t.is(text({ type: 'closed' }, dialect), null);
});

test('the entry names the load balancer, because TLS is below its PROXY header', (t) => {
  const peer = { client: '10.0.0.1:40000', via: '10.0.0.9:50000' };
  t.is(text(NO_TLS, '4.3.1', peer), "10.0.0.9:50000 is connecting to the 'amqp/ssl' listener without using TLS");
});
