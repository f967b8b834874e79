import test from 'ava';
import fc from 'fast-check';
import { ACCEPTED, type HeaderRules, step } from '../../lib/amqp/classifier.js';
import { dialectOf } from '../../lib/amqp/dialect.js';
import { NOTHING_SAID } from '../../lib/amqp/handshake.js';
import type { Reason } from '../../lib/amqp/reason.js';
import type { Facts } from '../../lib/report/facts.js';
import {
  acceptingText,
  closingText,
  errorText,
  grantedText,
  namedText,
  printDuration,
  printEntry,
} from '../../lib/report/rabbitmq-entry.js';
import type { Report } from '../../lib/report/report.js';
import { ascii, hex } from '../support/bytes.js';
import { BROKERS, connectionEntries, inputsOf, measured, termIn } from '../support/golden.js';
import { FORCED, PROXY_HEADER_REASONS, REASONS } from '../support/reasons.js';
import { ended, reportWith } from '../support/report.js';

const NAMES = { client: 'CLIENT', listen: 'SERVER' } as const;

/** Returns the two entries of a replayed case, with the placeholders of the recorded ones. */
function entriesOf(name: string, rules: HeaderRules): readonly string[] {
  const { dialect } = rules;
  const inputs = inputsOf(name);
  const { seen, verdict } = inputs.reduce((state, input) => step(state, input, rules), ACCEPTED);
  // The broker left forwarded connections open until the client closed them.
  const reason: Reason = 'reason' in verdict ? verdict.reason : REASONS.connection_closed_abruptly;
  const report = reportWith({ ...NAMES, dialect, reason, header: seen });
  const text = closingText(report, reason, '<reader>', dialect).replace(/duration: '[^']*'/, "duration: 'D'");
  const acceptingLevel = inputs[0]?.type === 'end' ? 'debug' : 'info';
  return [`${acceptingLevel} ${acceptingText(report, '<reader>', dialect)}`, `${report.reason.loggedAs} ${text}`];
}

for (const { name: broker, rules } of BROKERS) {
  test(`the entries of each recorded case are those that RabbitMQ ${broker} wrote`, (t) => {
    for (const { name, outcomes } of measured(broker, [
      'no-data',
      'partial',
      'bad-header',
      'bad-version',
      'amqp-1-0',
    ])) {
      for (const outcome of outcomes.filter((each) => termIn(each) !== undefined)) {
        const entries = connectionEntries(outcome).map(({ level, text }) => `${level} ${text}`);
        t.deepEqual(entriesOf(name, rules), entries, name);
      }
    }
  });
}

const PID = '<0.748.0>';
const NAME = '11.11.11.1:57752 -> 11.11.11.15:5672';
const HANDSHAKE = { ...NOTHING_SAID, user: 'app', vhost: 'orders' };
const TUNED = { headerMs: 1, upstreamConnectMs: 2, startMs: 3, tuneMs: 4, tuneOkMs: null, openMs: null };
const OPENED = { headerMs: 1, upstreamConnectMs: 2, startMs: 3, tuneMs: 4, tuneOkMs: 4.5, openMs: 5 };

const closing = (version: string, facts: Partial<Facts>): string => {
  const dialect = dialectOf(version);
  const reason = facts.reason ?? REASONS.handshake_timeout;
  return closingText(reportWith({ ...facts, reason, dialect, durationMs: 1500 }), reason, PID, dialect);
};

/** Claims the closing texts of a connection, for the versions in which they change. */
function claim(title: string, facts: Partial<Facts>, expected: Readonly<Record<string, string>>): void {
  test(title, (t) => {
    for (const [version, text] of Object.entries(expected)) t.is(closing(version, facts), text, version);
  });
}

const STARTED = { headerMs: 1, upstreamConnectMs: 2, startMs: 3, tuneMs: null, tuneOkMs: null, openMs: null };
const TUNING =
  'failed to negotiate connection parameters: negotiated frame_max = 100 is lower than the minimum allowed value (4096)';
const ABRUPT = 'client unexpectedly closed TCP connection';
const gone: Partial<Facts> = { reason: REASONS.connection_closed_abruptly, ended: ended('client', 'fin', 'rst') };

claim('a client that left before logging in is not named', gone, {
  '3.6.9': `closing AMQP connection ${PID} (${NAME}):\n${ABRUPT}`,
  '3.10.8': `closing AMQP connection ${PID} (${NAME}):\n${ABRUPT}`,
  '4.3': `closing AMQP connection ${PID} (${NAME}, duration: '1s'):\n${ABRUPT}`,
});
claim(
  'since 3.6.10 the user of a client that left before Open-Ok is named, without a vhost',
  { ...gone, handshake: HANDSHAKE, timing: TUNED },
  {
    '3.6.9': `closing AMQP connection ${PID} (${NAME}):\n${ABRUPT}`,
    '3.6.10': `closing AMQP connection ${PID} (${NAME}, vhost: 'none', user: 'app'):\n${ABRUPT}`,
    '4.3': `closing AMQP connection ${PID} (${NAME}, vhost: 'none', user: 'app', duration: '1s'):\n${ABRUPT}`,
  },
);
claim(
  'the user of a client that left an open connection is named with the vhost',
  { ...gone, handshake: HANDSHAKE, timing: OPENED },
  {
    '3.10.8': `closing AMQP connection ${PID} (${NAME}, vhost: 'orders', user: 'app'):\n${ABRUPT}`,
    '4.0': `closing AMQP connection ${PID} (${NAME}, vhost: 'orders', user: 'app', duration: '1s'):\n${ABRUPT}`,
  },
);

const clean: Partial<Facts> = { reason: REASONS.connection_closed, handshake: HANDSHAKE, timing: OPENED };

claim('the entry of an orderly end is one line', clean, {
  '3.6.9': `closing AMQP connection ${PID} (${NAME})`,
  '3.6.10': `closing AMQP connection ${PID} (${NAME}, vhost: 'orders', user: 'app')`,
  '3.13': `closing AMQP connection ${PID} (${NAME}, vhost: 'orders', user: 'app')`,
  '4.0': `closing AMQP connection (${NAME}, vhost: 'orders', user: 'app', duration: '1s')`,
});
claim(
  'a clean end before the login names no user',
  { ...clean, handshake: null },
  {
    '3.10.8': `closing AMQP connection ${PID} (${NAME})`,
    '4.0': `closing AMQP connection (${NAME}, duration: '1s')`,
  },
);
claim(
  'since 4.1 a bad header has its own format',
  { reason: REASONS.bad_header },
  {
    '3.6': `closing AMQP connection ${PID} (${NAME}):\n{bad_header,<<"amqp0091">>}`,
    '4.0': `closing AMQP connection ${PID} (${NAME}, duration: '1s'):\n{bad_header,<<"amqp0091">>}`,
    '4.1': `closing AMQP connection ${NAME} (duration: '1s'):\nclient did not start with AMQP protocol header: <<"amqp0091">>`,
  },
);
const badHeader = (octets: Uint8Array): Partial<Facts> => ({
  header: octets,
  reason: { name: 'bad_header', detail: 'other', octets },
});
claim(
  'since 4.1 a bad header that is too long for its line is indented to its first octet',
  badHeader(hex('f6 69 be 74 e0 8a cb 44')),
  {
    '4.0': `closing AMQP connection ${PID} (${NAME}, duration: '1s'):\n{bad_header,<<246,105,190,116,224,138,203,68>>}`,
    '4.3': `closing AMQP connection ${NAME} (duration: '1s'):\nclient did not start with AMQP protocol header: <<246,105,190,116,224,138,203,\n                                                  68>>`,
  },
);
claim('text that only looks like such octets is not changed', badHeader(ascii('9, 9, 68')), {
  '4.3': `closing AMQP connection ${NAME} (duration: '1s'):\nclient did not start with AMQP protocol header: <<"9, 9, 68">>`,
});
claim(
  'a client without SASL has an entry of one line',
  { reason: REASONS.sasl_required },
  {
    '4.0': `closing AMQP 1.0 connection (${NAME}, duration: '1s'): RabbitMQ requires SASL security layer (expected protocol ID 3, but client sent protocol ID 0)`,
  },
);

for (const reason of [
  REASONS.auth_failure,
  REASONS.vhost_not_found,
  REASONS.access_refused,
  { name: 'connection_closed', error: FORCED } as const,
]) {
  claim(
    `${reason.name} ${'error' in reason ? 'with an error ' : ''}has its own entry, and its closing entry is that of a clean end`,
    { reason, handshake: HANDSHAKE, timing: reason.name === 'auth_failure' ? STARTED : TUNED },
    reason.name === 'auth_failure'
      ? {
          '3.10.8': `closing AMQP connection ${PID} (${NAME})`,
          '4.3': `closing AMQP connection (${NAME}, duration: '1s')`,
        }
      : {
          '3.10.8': `closing AMQP connection ${PID} (${NAME}, vhost: 'none', user: 'app')`,
          '4.3': `closing AMQP connection (${NAME}, vhost: 'none', user: 'app', duration: '1s')`,
        },
  );
}
claim(
  'since 3.7.8 failed tuning is a sentence without the duration',
  { reason: REASONS.handshake_error, handshake: HANDSHAKE, timing: TUNED },
  {
    '3.10.8': `closing AMQP connection ${PID} (${NAME}):\n${TUNING}`,
    '4.3': `closing AMQP connection ${PID} (${NAME}):\n${TUNING}`,
  },
);
claim(
  'no user is named before Tune from the broker, in any stage',
  { reason: REASONS.missed_heartbeats, handshake: HANDSHAKE, timing: OPENED },
  {
    '3.10.8': `closing AMQP connection ${PID} (${NAME}):\nmissed heartbeats from client, timeout: 1s`,
    '4.3': `closing AMQP connection ${PID} (${NAME}, duration: '1s'):\nmissed heartbeats from client, timeout: 1s`,
  },
);
claim(
  'a lost frame boundary is fatal',
  { reason: REASONS.frame_error, handshake: HANDSHAKE, timing: OPENED },
  {
    '3.10.8': `closing AMQP connection ${PID} (${NAME}):\nfatal_frame_error`,
    '4.3': `closing AMQP connection ${PID} (${NAME}, duration: '1s'):\nfatal_frame_error`,
  },
);
claim(
  'the name that a client gave the connection follows the addresses',
  { ...gone, handshake: { ...HANDSHAKE, connectionName: 'orders-1' }, timing: OPENED },
  {
    '3.10.8': `closing AMQP connection ${PID} (${NAME} - orders-1, vhost: 'orders', user: 'app'):\n${ABRUPT}`,
    '4.0': `closing AMQP connection ${PID} (${NAME} - orders-1, vhost: 'orders', user: 'app', duration: '1s'):\n${ABRUPT}`,
  },
);

const NAMED = { client: '11.11.11.1:57752', listen: '11.11.11.15:5672', handshake: HANDSHAKE } as const;
const GIVEN = { ...NAMED, handshake: { ...HANDSHAKE, connectionName: 'orders-1' } } as const;
const GRANTED = "user 'app' authenticated and granted access to vhost 'orders'";

test('the entry of an open connection names user and vhost, and up to 3.13 the pid', (t) => {
  const text = (named: typeof NAMED, version: string) => grantedText(named, PID, dialectOf(version));
  for (const version of ['3.6', '3.13']) t.is(text(NAMED, version), `connection ${PID} (${NAME}): ${GRANTED}`);
  for (const version of ['4.0', '4.3']) t.is(text(NAMED, version), `connection ${NAME}: ${GRANTED}`);
  t.is(text(GIVEN, '3.10.8'), `connection ${PID} (${NAME} - orders-1): ${GRANTED}`);
  t.is(text(GIVEN, '4.3'), `connection ${NAME} - orders-1: ${GRANTED}`);
});

for (const [what, reason, named, expected] of [
  [
    'a refused login, with neither user nor given name',
    REASONS.auth_failure,
    GIVEN,
    `(${NAME}, state: starting):\nPLAIN login refused: user 'app' - invalid credentials`,
  ],
  [
    'a vhost that does not exist',
    REASONS.vhost_not_found,
    NAMED,
    `(${NAME}, user: 'app', state: opening):\nvhost nowhere not found`,
  ],
  [
    'a vhost that is forbidden',
    REASONS.access_refused,
    GIVEN,
    `(${NAME} - orders-1, user: 'app', state: opening):\naccess to vhost '/' refused for user 'app'`,
  ],
  [
    'a stop of the broker',
    { name: 'connection_closed', error: FORCED },
    NAMED,
    `(${NAME}, vhost: 'orders', user: 'app', state: running), channel 0:\n operation none caused a connection exception connection_forced: "broker forced connection closure with reason 'shutdown'"`,
  ],
  [
    'an error of the client on a channel',
    {
      name: 'connection_closed',
      error: { ...FORCED, code: 504, text: 'CHANNEL_ERROR - x', classId: 20, methodId: 10, channel: 7 },
    },
    GIVEN,
    `(${NAME} - orders-1, vhost: 'orders', user: 'app', state: running), channel 7:\n operation channel.open caused a connection exception channel_error: "x"`,
  ],
  [
    'a lost frame boundary',
    { name: 'frame_error', error: { ...FORCED, code: 501, text: 'FRAME_ERROR - x' } },
    NAMED,
    `(${NAME}, vhost: 'orders', user: 'app', state: running), channel 0:\n operation none caused a connection exception frame_error: "x"`,
  ],
  [
    'an error before the connection is open, with no vhost',
    { name: 'connection_closed', error: { ...FORCED, code: 504, text: 'CHANNEL_ERROR - x', stage: 'opening' } },
    NAMED,
    `(${NAME}, vhost: 'none', user: 'app', state: opening), channel 0:\n {handshake_error,opening,{amqp_error,channel_error,"x",none}}`,
  ],
] as const satisfies readonly (readonly [string, Reason, typeof NAMED, string])[]) {
  test(`an error that closes a connection has the broker's entry: ${what}`, (t) => {
    for (const version of ['3.10.8', '4.3']) {
      t.is(errorText({ ...named, reason }, PID, dialectOf(version)), `Error on AMQP connection ${PID} ${expected}`);
    }
  });
}

test('a connection without its PROXY header has one entry, and no closing entry', (t) => {
  for (const [text, reason] of PROXY_HEADER_REASONS) {
    for (const version of ['3.7', '3.10.8', '4.3'])
      t.is(closing(version, { reason }), `error when receiving proxy header: ${text}`);
  }
});

test('a connection is named by the addresses in its PROXY header', (t) => {
  const facts = {
    reason: REASONS.bad_version,
    client: '192.0.2.1:9',
    destination: '192.0.2.2:5672',
    via: '10.0.0.1:1',
  };
  t.regex(closing('3.10.8', facts), /^closing AMQP connection \S+ \(192\.0\.2\.1:9 -> 192\.0\.2\.2:5672\):/);
});

test('the accepting entry has the pid up to 3.13, and only the name since 4.0', (t) => {
  const text = (version: string) => acceptingText(reportWith(), PID, dialectOf(version));
  for (const version of ['3.6', '3.13']) t.is(text(version), `accepting AMQP connection ${PID} (${NAME})`);
  for (const version of ['4.0', '4.3']) t.is(text(version), `accepting AMQP connection ${NAME}`);
});

for (const [ms, printed] of [
  [0, '0ms'],
  [0.9, '0ms'],
  [999.9, '999ms'],
  [1000, '1s'],
  [1500, '1s'],
  [59_999, '59s'],
  [60_000, '1M, 0s'],
  [125_400, '2M, 5s'],
  [3_599_999, '59M, 59s'],
  [3_600_000, '1H, 0M, 0s'],
  [3_663_000, '1H, 1M, 3s'],
  [86_400_000, '1D, 0H, 0M, 0s'],
  [200 * 86_400_000 + 3_723_000, '200D, 1H, 2M, 3s'],
] as const) {
  test(`${ms} ms are printed as ${printed}`, (t) => t.is(printDuration(ms), printed));
}

/** Local time, so that the text is the same in every time zone. */
const TIME = new Date(2026, 0, 5, 1, 2, 3, 45).getTime();
const OFFSET = /[+-]\d\d:\d\d/;

const printed = (version: string, level: 'debug' | 'info' | 'warning' | 'error', text = 'first\nsecond') =>
  printEntry({ level, pid: PID, text, time: TIME }, dialectOf(version));

for (const [level, heading] of [
  ['debug', 'INFO'],
  ['info', 'INFO'],
  ['warning', 'WARNING'],
  ['error', 'ERROR'],
] as const) {
  test(`in 3.6 the heading of a ${level} entry is ${heading} REPORT, and its lines have no prefix`, (t) => {
    t.is(printed('3.6', level), `\n=${heading} REPORT==== 5-Jan-2026::01:02:03 ===\nfirst\nsecond`);
  });
}

test('in 3.7 and 3.8 the first line has a prefix with milliseconds and no time zone', (t) => {
  for (const version of ['3.7', '3.8']) {
    t.is(printed(version, 'debug'), `2026-01-05 01:02:03.045 [debug] ${PID} first\nsecond`);
  }
});

test('since 3.9 every line has a prefix with microseconds and the time zone', (t) => {
  for (const version of ['3.9', '3.10.8', '4.0', '4.3']) {
    const prefix = `2026-01-05 01:02:03.045000ZONE [warning] ${PID}`;
    t.is(printed(version, 'warning').replaceAll(new RegExp(OFFSET, 'g'), 'ZONE'), `${prefix} first\n${prefix} second`);
  }
});

test('since 3.9 trailing blanks of a line are removed', (t) => {
  t.regex(printed('3.10', 'info', 'first  \n\nlast'), /first\n.*<0\.748\.0>\n.*last$/);
});

test('the time zone is correct: parsing the text returns the same time', (t) => {
  const moments = fc.date({ min: new Date('1990-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(moments, (at) => {
      const entry = printEntry({ level: 'info', pid: PID, text: '', time: at.getTime() }, dialectOf('4.0'));
      const [, date, time, zone] = /^(\S+) (\S+?)([+-]\d\d:\d\d) \[info\]/.exec(entry) ?? [];
      t.is(Date.parse(`${date}T${time}${zone}`), at.getTime());
    }),
  );
});

test('names chosen by a client cannot forge log lines or terminal sequences', (t) => {
  const evil = "x'):\n=ERROR REPORT==== \r\u001b[31m\u009b31m\u0085\u2028\u2029\u0000";
  const handshake: Report['handshake'] = { ...HANDSHAKE, user: evil, vhost: evil };
  for (const version of ['3.6.10', '3.8', '3.10.8', '4.0', '4.3']) {
    for (const reason of [REASONS.connection_closed, REASONS.connection_closed_abruptly]) {
      const text = closing(version, { reason, handshake, timing: OPENED });
      const [name, term, ...others] = text.split('\n');
      t.deepEqual([term ?? ABRUPT, others], [ABRUPT, []]);
      t.notRegex(name as string, /[\p{Cc}\p{Zl}\p{Zp}]/u);
    }
    const named = { ...NAMED, handshake: { ...handshake, connectionName: evil } };
    t.notRegex(grantedText(named, PID, dialectOf(version)) ?? '', /[\p{Cc}\p{Zl}\p{Zp}]/u);
    for (const reason of [
      { name: 'auth_failure', mechanism: evil, user: evil },
      { name: 'vhost_not_found', text: evil },
      { name: 'frame_error', error: { ...FORCED, text: evil } },
      { name: 'connection_closed', error: { ...FORCED, text: evil } },
    ] as const) {
      const [name, term, ...others] = errorText({ ...named, reason }, PID, dialectOf(version)).split('\n');
      t.notRegex(`${name}${term}`, /\p{Cc}/u);
      t.deepEqual(others, []);
    }
  }
});

const CONTAINER = { ...NOTHING_SAID, mechanism: 'PLAIN', user: 'guest', vhost: '/', connectionName: 'c' };
const AMQP10 = { client: 'CLIENT', listen: 'SERVER', handshake: CONTAINER, protocol: '1.0' } as const;

test('since 4.0 an open AMQP 1.0 connection has an entry with its container id', (t) => {
  t.is(grantedText(AMQP10, PID, dialectOf('3.10')), null);
  t.is(
    grantedText(AMQP10, PID, dialectOf('4.3')),
    "Connection from AMQP 1.0 container 'c': user 'guest' authenticated using SASL mechanism PLAIN and granted access to vhost '/'",
  );
});

test('an error of an AMQP 1.0 connection has the entry of real brokers', (t) => {
  const text = 'channel number (60000) exceeds maximum channel number (63)';
  const error = { condition: 'amqp:connection:framing-error', text, channel: 60_000, stage: 'running' } as const;
  const reason: Reason = { name: 'connection_closed', error };
  t.is(
    errorText({ ...AMQP10, reason }, PID, dialectOf('4.3.6')),
    `Error on AMQP 1.0 connection ${PID} (running), channel number 60000:\n<<"${text}">>`,
  );
  t.regex(errorText({ ...AMQP10, reason }, PID, dialectOf('3.10.8')), /\(running\), channel 60000:\n<<"/);
});

test('the closing entry of an AMQP 1.0 connection names neither user nor container', (t) => {
  const header = Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 3, 1, 0, 0);
  const facts = { header, handshake: CONTAINER, timing: OPENED, reason: REASONS.connection_closed };
  t.is(closing('4.3', facts), `closing AMQP connection (${NAME}, duration: '1s')`);
  t.is(closing('3.10', facts), `closing AMQP connection ${PID} (${NAME})`);
});

test('the name that a client gave its connection has the entry of real brokers', (t) => {
  const named = { ...NAMED, handshake: { ...NOTHING_SAID, connectionName: 'demo' } };
  const text = (version: string) => namedText(named, PID, dialectOf(version))?.replace(/[\d.:]+ -> [\d.:]+/, 'NAME');
  t.is(text('3.8'), `Connection ${PID} (NAME) has a client-provided name: demo`);
  t.is(text('3.10.8'), `connection ${PID} (NAME) has a client-provided name: demo`);
  t.is(text('4.3.6'), 'connection NAME has a client-provided name: demo');
  t.is(namedText({ ...named, handshake: NOTHING_SAID }, PID, dialectOf('3.10.8')), null);
});
