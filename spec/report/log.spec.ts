import test from 'ava';
import { dialectOf } from '../../lib/amqp/dialect.js';
import { NOTHING_SAID } from '../../lib/amqp/handshake.js';
import type { Accepting, ConnectionError, DialectLearned, StageReached } from '../../lib/report/events.js';
import { Log, type LogOptions } from '../../lib/report/log.js';
import { ascii } from '../support/bytes.js';
import { MemoryStream } from '../support/memory-stream.js';
import { FORCED, REASONS } from '../support/reasons.js';
import { AT, reportWith } from '../support/report.js';

delete process.env['NO_COLOR'];
process.env['TERM'] = 'xterm';

/** Returns what a log writes, without the final line end. */
async function logged(
  options: Partial<Pick<LogOptions, 'format' | 'level'>> & { readonly isTTY?: boolean },
  write: (log: Log) => void,
): Promise<string> {
  const { format = 'pretty', level = 'info', isTTY = false } = options;
  const stream = new MemoryStream({ isTTY });
  const log = new Log({ format, level, stream, now: () => AT });
  write(log);
  await log.close();
  return stream.text.replace(/\n$/, '');
}

const accepting = (facts: Partial<Accepting> = {}): Accepting => ({
  id: 'a-7',
  proxy: 'amqp',
  time: AT,
  client: '11.11.11.1:57752',
  listen: '11.11.11.15:5672',
  dialect: dialectOf('3.6'),
  byEnd: false,
  ...facts,
});

const refused = reportWith({ reason: REASONS.bad_header, header: ascii('amqp0091'), durationMs: 1000 });
const gone = reportWith({ reason: REASONS.connection_closed_abruptly, header: ascii('AMQP') });
const check = reportWith({ reason: REASONS.connection_closed_with_no_data_received });
const LEARNED: DialectLearned = {
  proxy: 'amqp',
  learned: { product: 'RabbitMQ', version: '3.10.8', dialect: '3.10.8', amqp10: null },
};

/** Removes times, because a broker's log has local time. */
const timeless = (text: string): string =>
  text
    .replaceAll(/\d+-\w{3}-\d{4}::[\d:]{8}/g, 'TIME')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+([+-]\d\d:\d\d)?/g, 'TIME');

test('pretty writes one line for each connection, when it ends', async (t) => {
  const text = await logged({}, (log) => {
    log.accepting(accepting());
    log.report(refused, REASONS.bad_header);
  });
  t.is(
    text,
    `2026-11-23T05:57:08.527Z error   amqp 11.11.11.1:57752 bad_header {bad_header,<<"amqp0091">>} refuse: ${refused.reason.sentence}`,
  );
});

test('pretty writes messages of the program without their facts', async (t) => {
  const text = await logged({}, (log) => log.say('warning', 'no token', { control: 'http://0.0.0.0:8474' }));
  t.is(text, '2026-11-23T05:57:07.527Z warning no token');
});

test('json writes one object for each entry, with the keys of the report', async (t) => {
  const text = await logged({ format: 'json' }, (log) => {
    log.accepting(accepting());
    log.say('info', 'ready', { listen: '127.0.0.1:5673' });
    log.report(refused, REASONS.bad_header);
  });
  t.deepEqual(
    text.split('\n').map((line) => JSON.parse(line)),
    [
      { time: '2026-11-23T05:57:07.527Z', level: 'info', message: 'ready', listen: '127.0.0.1:5673' },
      { time: '2026-11-23T05:57:08.527Z', level: 'error', message: 'connection ended', ...refused },
    ],
  );
});

test('rabbitmq writes an accepting and a closing entry with the same pid, as a broker does', async (t) => {
  const text = await logged({ format: 'rabbitmq' }, (log) => {
    log.accepting(accepting());
    log.report(refused, REASONS.bad_header);
  });
  const name = '<0.7.0> (11.11.11.1:57752 -> 11.11.11.15:5672)';
  t.is(
    timeless(text),
    [
      '',
      '=INFO REPORT==== TIME ===',
      `accepting AMQP connection ${name}`,
      '',
      '=ERROR REPORT==== TIME ===',
      `closing AMQP connection ${name}:`,
      '{bad_header,<<"amqp0091">>}',
    ].join('\n'),
  );
});

test("rabbitmq uses the format and levels of the connection's dialect", async (t) => {
  const dialect = dialectOf('3.7.7');
  const text = await logged({ format: 'rabbitmq' }, (log) => {
    log.accepting(accepting({ dialect, byEnd: true }));
    log.report(reportWith({ dialect }), REASONS.handshake_timeout);
  });
  t.deepEqual(timeless(text).split('\n'), [
    'TIME [debug] <0.7.0> accepting AMQP connection <0.7.0> (11.11.11.1:57752 -> 11.11.11.15:5672)',
    'TIME [warning] <0.7.0> closing AMQP connection <0.7.0> (11.11.11.1:57752 -> 11.11.11.15:5672):',
    '{handshake_timeout,handshake}',
  ]);
});

test('rabbitmq has no entry for a client that a broker would not notice', async (t) => {
  t.is(
    await logged({ format: 'rabbitmq' }, (log) => log.report(reportWith({ client: null }), REASONS.handshake_timeout)),
    '',
  );
});

test('rabbitmq has no entry for a failed TLS handshake, but has one for a refusal inside TLS', async (t) => {
  const tls = (version: string | null) =>
    reportWith({ tls: { version, servername: null, alpn: [], terminated: true } });
  t.is(await logged({ format: 'rabbitmq' }, (log) => log.report(tls(null), REASONS.handshake_timeout)), '');
  t.regex(
    await logged({ format: 'rabbitmq' }, (log) => log.report(tls('TLS 1.3'), REASONS.handshake_timeout)),
    /handshake_timeout/,
  );
  t.regex(
    await logged({ format: 'pretty' }, (log) => log.report(tls(null), REASONS.handshake_timeout)),
    /handshake_timeout/,
  );
});

test("messages of the program use the broker's format once it is known, and the log notes the change", async (t) => {
  const text = await logged({ format: 'rabbitmq' }, (log) => {
    log.say('info', 'before');
    log.learned(LEARNED);
    log.say('info', 'after');
  });
  t.deepEqual(timeless(text).split('\n'), [
    '',
    '=INFO REPORT==== TIME ===',
    'before',
    'TIME [info] <0.0.0> amqp: the upstream is RabbitMQ 3.10.8; using this dialect from now on',
    'TIME [info] <0.0.0> after',
  ]);
});

test('a broker other than RabbitMQ is named, with the dialect that is used for it', async (t) => {
  const learned = { product: 'LavinMQ', version: '2.3.0', dialect: '3.13', amqp10: null };
  const text = await logged({}, (log) => log.learned({ proxy: 'amqp', learned }));
  t.regex(text, /LavinMQ 2\.3\.0; using the dialect of RabbitMQ 3\.13 from now on$/);
});

test('json has the learned facts as keys of the entry', async (t) => {
  const entry = JSON.parse(await logged({ format: 'json' }, (log) => log.learned(LEARNED)));
  t.like(entry, { level: 'info', proxy: 'amqp', product: 'RabbitMQ', version: '3.10.8', dialect: '3.10.8' });
});

const everything = (log: Log): void => {
  log.say('debug', 'detail');
  log.report(check, REASONS.connection_closed_with_no_data_received);
  log.report(gone, REASONS.connection_closed_abruptly);
  log.report(refused, REASONS.bad_header);
};

for (const [level, severities] of [
  ['debug', ['debug', 'info', 'warning', 'error']],
  ['info', ['info', 'warning', 'error']],
  ['warning', ['warning', 'error']],
  ['error', ['error']],
  ['none', []],
] as const) {
  test(`level ${level} logs ${severities.join(', ') || 'nothing'}`, async (t) => {
    const text = await logged({ level }, everything);
    t.deepEqual(text.match(/(?<=Z )\w+/g) ?? [], [...severities]);
  });
}

for (const format of ['pretty', 'rabbitmq', 'json'] as const) {
  test(`level none logs nothing in format ${format}`, async (t) => {
    t.is(await logged({ format, level: 'none' }, everything), '');
  });
}

test('an entry is filtered by severity, even if a broker logs it at another level', async (t) => {
  // A broker logs it at debug; its severity here is info.
  t.regex(
    await logged({ format: 'rabbitmq', level: 'info' }, (log) =>
      log.report(check, REASONS.connection_closed_with_no_data_received),
    ),
    /no_data_received/,
  );
  t.is(await logged({ format: 'rabbitmq', level: 'warning' }, (log) => log.accepting(accepting())), '');
});

test('only terminals get colors', async (t) => {
  t.regex(await logged({ isTTY: true }, everything), /\p{Cc}\[31merror/u);
  t.false((await logged({ isTTY: false }, everything)).includes('\u001b'));
});

test('each connection has its own pid, numbered as in Erlang', async (t) => {
  const pids = async (id: string) => {
    const text = await logged({ format: 'rabbitmq' }, (log) =>
      log.report(reportWith({ id }), REASONS.handshake_timeout),
    );
    return /<[\d.]+>/.exec(text)?.[0];
  };
  t.is(await pids('mf1-1'), '<0.1.0>');
  t.is(await pids('mf1-32767'), '<0.32767.0>');
  t.is(await pids('mf1-40000'), '<0.7232.1>');
});

test('a closed log has written everything', async (t) => {
  const text = await logged({}, (log) => {
    for (let at = 0; at < 1000; at++) log.say('info', `line ${at}`);
  });
  t.is(text.split('\n').length, 1000);
});

const HANDSHAKE = { ...NOTHING_SAID, mechanism: 'PLAIN', user: 'app', vhost: 'orders' };
const EVENT = { ...accepting({ dialect: dialectOf('3.10.8') }), handshake: HANDSHAKE, protocol: '0-9-1' as const };
const running: StageReached = { ...EVENT, stage: 'running' };
const fault: ConnectionError = { ...EVENT, reason: REASONS.auth_failure };
const PREFIX = '<0.7.0>';
const WHO = '(11.11.11.1:57752 -> 11.11.11.15:5672';

test('rabbitmq has an entry for the stage running, and for no other stage', async (t) => {
  const text = await logged({ format: 'rabbitmq' }, (log) => {
    for (const stage of ['starting', 'tuning', 'opening', 'running', 'closing', 'closed'] as const) {
      log.stage({ ...running, stage });
    }
  });
  t.is(
    timeless(text),
    `TIME [info] ${PREFIX} connection ${PREFIX} ${WHO}): user 'app' authenticated and granted access to vhost 'orders'`,
  );
});

test('rabbitmq logs the error of a connection at error in every dialect', async (t) => {
  const text = await logged({ format: 'rabbitmq', level: 'error' }, (log) => {
    for (const version of ['3.7.7', '3.10.8']) log.connectionError({ ...fault, dialect: dialectOf(version) });
  });
  const refused = "PLAIN login refused: user 'app' - invalid credentials";
  t.deepEqual(timeless(text).split('\n'), [
    `TIME [error] ${PREFIX} Error on AMQP connection ${PREFIX} ${WHO}, state: starting):`,
    refused,
    `TIME [error] ${PREFIX} Error on AMQP connection ${PREFIX} ${WHO}, state: starting):`,
    `TIME [error] ${PREFIX} ${refused}`,
  ]);
});

for (const format of ['pretty', 'json'] as const) {
  test(`${format} has these errors in the report, and no separate entry`, async (t) => {
    t.is(
      await logged({ format }, (log) => {
        log.stage(running);
        log.connectionError(fault);
      }),
      '',
    );
  });
}

test('rabbitmq has no entry for an error below the log level', async (t) => {
  t.is(await logged({ format: 'rabbitmq', level: 'warning' }, (log) => log.stage(running)), '');
  t.is(await logged({ format: 'rabbitmq', level: 'none' }, (log) => log.connectionError(fault)), '');
});

const dialect = dialectOf('3.10.8');
const OPENED = { headerMs: 1, upstreamConnectMs: 2, startMs: 3, tuneMs: 4, tuneOkMs: 4.5, openMs: 5 };
const forced = { name: 'connection_closed', error: FORCED } as const;
const SHUTDOWN = { by: 'upstream', code: 320, name: 'CONNECTION_FORCED', text: FORCED.text } as const;

test('a connection whose error has its own entry closes at info', async (t) => {
  for (const reason of [REASONS.auth_failure, REASONS.vhost_not_found, REASONS.access_refused, forced]) {
    const text = await logged({ format: 'rabbitmq' }, (log) => log.report(reportWith({ reason, dialect }), reason));
    t.is(timeless(text), `TIME [info] ${PREFIX} closing AMQP connection ${PREFIX} ${WHO})`, reason.name);
  }
});

for (const [what, facts, isSaid] of [
  ["a reader that died, whose crash report is the broker's own", { reason: REASONS.reader_crashed }, false],
  ['a client that a broker never noticed', { client: null }, false],
  [
    'a broker that stops while the connection is open',
    { reason: forced, connectionClose: SHUTDOWN, timing: OPENED },
    false,
  ],
  ['a broker that stops before the connection is open', { reason: forced, connectionClose: SHUTDOWN }, true],
  [
    'a forced close for another reason',
    {
      reason: forced,
      connectionClose: { ...SHUTDOWN, text: 'CONNECTION_FORCED - Closed via management plugin' },
      timing: OPENED,
    },
    true,
  ],
  ['a lost frame boundary', { reason: REASONS.frame_error, timing: OPENED }, true],
] as const satisfies readonly (readonly [string, Parameters<typeof reportWith>[0], boolean])[]) {
  test(`rabbitmq has ${isSaid ? 'a' : 'no'} closing entry for ${what}; the other formats have their line`, async (t) => {
    const { reason = REASONS.handshake_timeout } = { reason: undefined, ...facts };
    const report = reportWith({ dialect, reason, ...facts });
    const text = (format: 'rabbitmq' | 'pretty' | 'json') => logged({ format }, (log) => log.report(report, reason));
    t.is((await text('rabbitmq')).includes('closing AMQP connection'), isSaid);
    t.true((await text('pretty')).includes(reason.name));
    t.true((await text('json')).includes(reason.name));
  });
}

test('in the RabbitMQ format, entries have the format of the moment, and the words of their connection', async (t) => {
  const form = dialectOf('4.3.6');
  const text = await logged({ format: 'rabbitmq' }, (log) => {
    log.accepting(accepting());
    log.learned({ ...LEARNED, learned: { ...LEARNED.learned, version: '4.3.6', dialect: '4.3.6' } });
    log.accepting(accepting({ form }));
    log.report(refused, REASONS.bad_header, { form });
  });
  t.is(
    timeless(text),
    [
      '',
      '=INFO REPORT==== TIME ===',
      'accepting AMQP connection <0.7.0> (11.11.11.1:57752 -> 11.11.11.15:5672)',
      'TIME [info] <0.0.0> amqp: the upstream is RabbitMQ 4.3.6; using this dialect from now on',
      'TIME [info] <0.7.0> accepting AMQP connection <0.7.0> (11.11.11.1:57752 -> 11.11.11.15:5672)',
      'TIME [error] <0.7.0> closing AMQP connection <0.7.0> (11.11.11.1:57752 -> 11.11.11.15:5672):',
      'TIME [error] <0.7.0> {bad_header,<<"amqp0091">>}',
    ].join('\n'),
  );
});
