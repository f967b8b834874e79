import test from 'ava';
import { explainPasted } from '../../lib/broker-log/explain-pasted.js';

const NOW = Date.UTC(2026, 10, 28);
const ENDS = '10.0.0.7:50122 -> 10.0.0.2:5672';
const TIME = '2026-06-03 08:00:05.000456+00:00';
const CLOSING = `closing AMQP connection <0.748.0> (${ENDS}):`;
const REASON = '{bad_header,<<"amqp0091">>}';

/** The same entry as people paste it. */
const PASTED: Readonly<Record<string, string>> = {
  'with its line break': `${TIME} [error] <0.748.0> ${CLOSING}\n${TIME} [error] <0.748.0> ${REASON}`,
  'on one line': `${TIME} [error] <0.748.0> ${CLOSING} ${TIME} [error] <0.748.0> ${REASON}`,
  'of 3.8 on one line': `2026-06-03 08:00:05.000 [error] <0.748.0> ${CLOSING} ${REASON}`,
  'of 3.6': `=ERROR REPORT==== 3-Jun-2026::08:00:05 ===\n${CLOSING}\n${REASON}`,
  'of 3.6 on one line': `=ERROR REPORT==== 3-Jun-2026::08:00:05 === ${CLOSING} ${REASON}`,
  'without a prefix': `${CLOSING}\n${REASON}`,
  'without a prefix on one line': `${CLOSING} ${REASON}`,
  'from a JSON string': `${CLOSING}\\n{bad_header,<<\\"amqp0091\\">>}`,
  'as JSON': JSON.stringify({ time: TIME, level: 'error', msg: `${CLOSING}\n${REASON}`, pid: '<0.748.0>' }),
  'from Compose': `rabbit-1  | ${TIME} [error] <0.748.0> ${CLOSING}\nrabbit-1  | ${TIME} [error] <0.748.0> ${REASON}`,
  'from Compose on one line': `rabbit-1  | ${TIME} [error] <0.748.0> ${CLOSING} rabbit-1  | ${TIME} [error] <0.748.0> ${REASON}`,
  'with CR LF': `${TIME} [error] <0.748.0> ${CLOSING}\r\n${TIME} [error] <0.748.0> ${REASON}\r\n`,
};

for (const [name, text] of Object.entries(PASTED)) {
  test(`an entry ${name} is explained`, (t) => {
    const explained = explainPasted(text, NOW);
    t.is(explained.length, 1);
    t.is(explained[0]?.text, `${CLOSING}\n${REASON}`);
    t.like(explained[0]?.explanation, { reason: 'bad_header', client: '10.0.0.7:50122', listener: '10.0.0.2:5672' });
  });
}

test('a reason alone is explained', (t) => {
  for (const [reason, name] of [
    ['{handshake_timeout,handshake}', 'handshake_timeout'],
    [REASON, 'bad_header'],
    ['client unexpectedly closed TCP connection', 'connection_closed_abruptly'],
  ])
    t.is(explainPasted(reason as string, NOW)[0]?.explanation?.reason, name as never);
});

test('the text of a Close is explained in the message of a client', (t) => {
  for (const [row, message] of [
    [
      'login_refused_reply',
      'Handshake terminated by server: 403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile."',
    ],
    [
      'entity_not_found',
      `Channel closed by server: 404 (NOT-FOUND) with message "NOT_FOUND - no queue 'nope' in vhost '/'"`,
    ],
    [
      'broker_stopped',
      `Connection closed: 320 (CONNECTION-FORCED) with message "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'"`,
    ],
    [
      'login_refused_reply',
      "ProbableAuthenticationError: ConnectionClosedByBroker: (403) 'ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile.'",
    ],
    ['unknown_delivery_tag', "(406, 'PRECONDITION_FAILED - unknown delivery tag 1')"],
    [
      'entity_not_found',
      "channel error; protocol method: #method<channel.close>(reply-code=404, reply-text=NOT_FOUND - no exchange 'events' in vhost '/', class-id=60, method-id=40)",
    ],
  ]) {
    t.is(explainPasted(message as string, NOW)[0]?.explanation?.name, row, message);
  }
});

test('escapes of an Erlang binary are not taken as line ends', (t) => {
  const binary = String.raw`{bad_header,<<"*1\r\n$4\r\n">>}`;
  const pasted = [
    binary,
    `${CLOSING}\n${binary}`,
    `${CLOSING}\\n${binary}`,
    JSON.stringify(`${CLOSING}\n${binary}`).slice(1, -1),
  ];
  for (const text of pasted) t.like(explainPasted(text, NOW)[0]?.explanation, { looksLike: { what: 'redis' } }, text);
});

test('several entries are explained one by one', (t) => {
  const text = `${TIME} [info] <0.748.0> accepting AMQP connection ${ENDS} ${PASTED['on one line']}`;
  t.deepEqual(
    explainPasted(text, NOW).map(({ level, explanation }) => [level, explanation?.reason]),
    [
      ['info', null],
      ['error', 'bad_header'],
    ],
  );
});

test('what is not an entry about a connection has no explanation', (t) => {
  for (const text of ['hello world', '', '\n\n', `${TIME} [info] <0.1.0> Server startup complete`])
    t.deepEqual(
      explainPasted(text, NOW).map(({ explanation }) => explanation),
      [null],
    );
});

test('quotes that a shell has removed are restored', (t) => {
  const reader = `Error on AMQP connection <0.1.0> (${ENDS}`;
  for (const text of [
    `closing AMQP connection <0.1.0> (${ENDS}, vhost: '/', user: 'app', duration: '2M, 49s'):\nclient unexpectedly closed TCP connection`,
    `${reader}, state: starting):\nPLAIN login refused: user 'app' - invalid credentials`,
    `${reader}, user: 'app', state: opening):\naccess to vhost '/' refused for user 'app'`,
    `connection <0.1.0> (${ENDS}): user 'app' authenticated and granted access to vhost '/'`,
    "User 'app' failed to authenticate: user 'app' - invalid credentials",
    `closing AMQP connection <0.1.0> (${ENDS}):\n{bad_header,<<"amqp0091">>}`,
  ]) {
    const [whole] = explainPasted(text, NOW);
    t.not(whole?.explanation?.name, 'unknown_connection_entry');
    t.deepEqual(explainPasted(text.replaceAll("'", ''), NOW), [whole], text);
    t.deepEqual(explainPasted(text.replaceAll('"', ''), NOW), [whole], text);
  }
});
