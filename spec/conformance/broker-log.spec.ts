import test from 'ava';
import { dialectOf } from '../../lib/amqp/dialect.js';
import { type Entry, printEntry } from '../../lib/report/rabbitmq-entry.js';
import type { LogEntry } from '../support/golden.js';
import { anonymous, byPort, closingOf, othersByPort, parseLog, withoutTrace } from './broker-log.js';

const NAME = '127.0.0.1:40000 -> 127.0.0.1:5672';
const TIME = Date.UTC(2026, 0, 1);

const entries: readonly Pick<Entry, 'level' | 'text'>[] = [
  { level: 'info', text: `accepting AMQP connection <0.748.0> (${NAME})` },
  {
    level: 'error',
    text: `closing AMQP connection <0.748.0> (${NAME}):\n{handshake_error,starting,0,\n    {amqp_error,frame_error}}`,
  },
  {
    level: 'error',
    text: `closing AMQP connection <0.748.0> (${NAME.replace('40000', '40001')}):\n{bad_header,<<"amqp0091">>}`,
  },
];

/** 3.6 writes no debug heading. Two simultaneous entries of one process are the hard case. */
for (const version of ['3.6', '3.8', '3.10.8', '4.3']) {
  test(`entries in the form of ${version} are parsed, including two of the same process at the same time`, (t) => {
    const dialect = dialectOf(version);
    const log = entries.map((entry) => `${printEntry({ ...entry, pid: '<0.748.0>', time: TIME }, dialect)}\n`).join('');
    t.deepEqual(
      parseLog(log),
      entries.map(({ level, text }) => ({ level, text })),
    );
  });
}

test('in a real log, lines from other parts of the broker are not part of a connection’s entries', (t) => {
  const log = [
    '2026-01-01 01:15:11.935000+00:00 [info] <0.229.0>  Starting RabbitMQ 3.10.8 on Erlang 25.2.3',
    '2026-01-01 01:15:11.935000+00:00 [info] <0.229.0>  Copyright (c) 2007-2022 VMware, Inc.',
    `2026-01-01 01:15:11.935224+00:00 [info] <0.748.0> accepting AMQP connection <0.748.0> (${NAME})`,
    `2026-01-01 01:15:11.935300+00:00 [debug] <0.700.0> Closing all channels from connection '${NAME}' because it has been closed`,
    `2026-01-01 01:15:11.935301+00:00 [error] <0.748.0> closing AMQP connection <0.748.0> (${NAME}):`,
    '2026-01-01 01:15:11.935301+00:00 [error] <0.748.0> {bad_header,<<"amqp0091">>}',
    '',
  ].join('\n');
  const connections = byPort(parseLog(log));
  t.deepEqual([...connections.keys()], [40_000]);
  const own = connections.get(40_000) ?? [];
  t.deepEqual(own.map(anonymous), [
    '[info] accepting AMQP connection <pid> (CLIENT -> SERVER)',
    '[error] closing AMQP connection <pid> (CLIENT -> SERVER):\n{bad_header,<<"amqp0091">>}',
  ]);
  t.deepEqual(closingOf(own), { term: '{bad_header,<<"amqp0091">>}', level: 'error' });
});

test('whitespace in the term of a closing entry is folded; for a client without SASL the term is in the first line', (t) => {
  const closing = (text: string) => closingOf([{ level: 'error', text }]);
  t.is(closing(`closing AMQP connection <0.1.0> (${NAME}):\n{a,\n   {b,c}}`)?.term, '{a, {b,c}}');
  const sasl = `closing AMQP 1.0 connection (${NAME}, duration: '1ms'): RabbitMQ requires SASL`;
  t.is(closing(sasl)?.term, 'RabbitMQ requires SASL');
  t.is(closing(`closing AMQP connection ${NAME} (duration: '0ms'):\nclient did not`)?.term, 'client did not');
  t.is(closing(`closing AMQP connection <0.1.0> (${NAME})`)?.term, null);
  t.is(closingOf([{ level: 'info', text: `accepting AMQP connection ${NAME}` }]), undefined);
});

test('entries about a failed TLS handshake belong to the client that they name', (t) => {
  const plain = "127.0.0.1:40000 is connecting to the 'amqp/ssl' listener without using TLS";
  const alert = (place: string) =>
    `{tls_alert,{decode_error,"TLS server: In state hello at ${place} generated SERVER ALERT: Fatal - Decode Error"}} error during handshake for protocol 'amqp/ssl' and peer 127.0.0.1:40001`;
  const entries = [
    { level: 'warning', text: plain },
    { level: 'error', text: alert('ssl_handshake.erl:1') },
  ];
  const connections = byPort(entries);
  t.deepEqual([...connections.keys()], [40_000, 40_001]);
  t.is(
    anonymous(entries[0] as LogEntry),
    "[warning] CLIENT is connecting to the 'amqp/ssl' listener without using TLS",
  );
  t.is(anonymous({ level: 'error', text: alert('ssl_handshake.erl:2') }), anonymous(entries[1] as LogEntry));
});

test('a stack trace of the broker is not compared, but the error that holds it is', (t) => {
  const error = (utf8: string, rest: string) =>
    `${NAME}:\n{handshake_error,waiting_open,\n  {'v1_0.error',{symbol,<<"amqp:internal-error">>},\n    {utf8,<<${utf8}>>},${rest}`;
  const ofBroker = withoutTrace(error('"Reader error: {case_clause,1}\\n[{a,b,2}]"', '\n   undefined}}'));
  t.is(ofBroker, withoutTrace(error('...', ' undefined}}')));
  t.true(ofBroker.endsWith('{utf8,<<...>>}'));
  t.not(ofBroker, withoutTrace(error('...', ' undefined}}').replace('waiting_open', 'waiting_sasl_init')));
  t.is(withoutTrace(error('"data offset"', 'x')), error('"data offset"', 'x'));
});

test('an entry can be compared without its process, addresses and duration', (t) => {
  const text = `closing AMQP connection <0.9.0> (${NAME}, duration: '1M, 2s'):\n{bad_header,<<1,2,3,4,5,6,7,8>>}`;
  t.is(
    anonymous({ level: 'error', text }),
    "[error] closing AMQP connection <pid> (CLIENT -> SERVER, duration: 'D'):\n{bad_header,<<1,2,3,4,5,6,7,8>>}",
  );
});

test('what else the process of a connection logged is found by its process', (t) => {
  const log = [
    `2026-01-01 01:15:11.935224+00:00 [info] <0.748.0> accepting AMQP connection <0.748.0> (${NAME})`,
    "2026-01-01 01:15:11.935225+00:00 [debug] <0.748.0> User 'guest' authenticated successfully by backend rabbit_auth_backend_internal",
    '2026-01-01 01:15:11.935226+00:00 [debug] <0.749.0> of another process',
    '2026-01-01 01:15:11.935301+00:00 [error] <0.748.0>   crasher:',
    '2026-01-01 01:15:11.935301+00:00 [error] <0.748.0>     initial call: rabbit_reader:init/3',
    '',
  ].join('\n');
  const others = othersByPort(log);
  t.deepEqual([...others.keys()], [40_000]);
  t.deepEqual(
    others.get(40_000)?.map(({ text }) => text.slice(0, 8)),
    ["User 'gu", 'crasher:'],
  );
});
