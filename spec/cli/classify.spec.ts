import { spawnSync } from 'node:child_process';
import test from 'ava';
import { type Classification, classify } from '../../lib/rules/classify.js';
import { headerRules, NOTHING_LEARNED } from '../../lib/rules/header-rules.js';
import { A31, A91, ascii, clientHello, httpGet, protocolHeader, splits } from '../support/bytes.js';

type End = Parameters<typeof classify>[1];

const classified = (octets: Uint8Array, { end, dialect = 'auto' }: { end?: End; dialect?: string } = {}) =>
  classify(octets, end, headerRules({ dialect, amqp10: 'auto' }, NOTHING_LEARNED));

test('every verdict has the same keys in JSON', (t) => {
  const keys = ['close', 'dialect', 'farewell', 'reason', 'sentence', 'verdict'];
  const all = [
    classified(ascii('')),
    classified(ascii(''), { end: 'fin' }),
    classified(ascii('amqp0091')),
    classified(protocolHeader(0, 0, 9, 1)),
  ];
  t.deepEqual(
    all.map(({ verdict }) => verdict),
    ['wait', 'none', 'refuse', 'forward'],
  );
  for (const each of all) t.deepEqual(Object.keys(JSON.parse(JSON.stringify(each))).sort(), keys);
});

test('fewer than 8 octets are always a wait', (t) => {
  for (const octets of [protocolHeader(0, 0, 9, 1), ascii('GET / HT'), clientHello().subarray(0, 8)]) {
    for (const [head] of splits(octets).slice(0, -1)) {
      t.deepEqual(classified(head), {
        dialect: '3.6',
        verdict: 'wait',
        reason: null,
        farewell: '',
        close: null,
        sentence: `RabbitMQ waits for more: ${head.length} of 8 bytes have arrived, and it decides after the eighth.`,
      });
    }
  }
});

test('a good header is forwarded, without a reason, a farewell or a close', (t) => {
  t.deepEqual(classified(protocolHeader(0, 0, 9, 1), { dialect: '4.3' }), {
    dialect: '4.3',
    verdict: 'forward',
    reason: null,
    farewell: '',
    close: null,
    sentence: 'AMQP 0 0 9 1: the connection is forwarded to the broker.',
  });
});

type Row = readonly [title: string, octets: string, end: End, verdict: string, farewell: string, term: string];

const rows: readonly Row[] = [
  ['nothing, then a FIN', '', 'fin', 'none', '', 'connection_closed_with_no_data_received'],
  ['nothing, then an RST', '', 'rst', 'none', '', 'connection_closed_with_no_data_received'],
  ['nothing until the timeout', '', 'timeout', 'refuse', '', '{handshake_timeout,handshake}'],
  ['four octets, then a FIN', '\n\n\n\n', 'fin', 'none', '', 'client unexpectedly closed TCP connection'],
  ['four octets until the timeout', '\n\n\n\n', 'timeout', 'refuse', '', '{handshake_timeout,handshake}'],
  ['a bad header', 'amqp0091', undefined, 'refuse', A91, '{bad_header,<<"amqp0091">>}'],
  ['a bad header, then a FIN', 'amqp0091', 'fin', 'refuse', A91, '{bad_header,<<"amqp0091">>}'],
  ['a version in digits', 'AMQP0091\r\n', undefined, 'refuse', A91, '{bad_version,{48,48,57,49}}'],
];

for (const [title, octets, end, verdict, farewell, term] of rows) {
  test(`${title}: ${verdict}, ${farewell || 'no farewell'}, an RST, and ${term}`, (t) => {
    t.like(classified(ascii(octets), end === undefined ? {} : { end }), {
      dialect: '3.6',
      verdict,
      farewell,
      close: 'rst',
      reason: { term },
    });
  });
}

test('the reason has the keys of a report, and its sentence is the sentence of the verdict', (t) => {
  const { reason, sentence } = classified(ascii('amqp0091'), { dialect: '3.7.5' });
  t.deepEqual(Object.keys(reason ?? {}).sort(), ['loggedAs', 'name', 'sentence', 'severity', 'term']);
  t.like(reason, { name: 'bad_header', severity: 'error', loggedAs: 'warning', sentence });
});

test('each dialect has its own words and its own farewell', (t) => {
  const of = (dialect: string) => {
    const { farewell, reason } = classified(httpGet('/'), { dialect });
    return [farewell, reason?.term];
  };
  t.deepEqual(of('3.10.8'), [A91, '{bad_header,<<"GET / HT">>}']);
  t.deepEqual(of('4.0'), [A31, '{bad_header,<<"GET / HT">>}']);
  t.regex(of('4.1')[1] as string, /^HTTP GET request detected/);
});

test('with auto, a header that at least one version accepts is forwarded', (t) => {
  const headers = [protocolHeader(1, 1, 8, 0), protocolHeader(3, 1, 0, 0), protocolHeader(0, 1, 0, 0)];
  for (const header of headers) t.is(classified(header).verdict, 'forward');
  t.is(classified(protocolHeader(3, 1, 0, 0), { dialect: '3.10' }).reason?.name, 'amqp1_0_plugin_not_enabled');
});

/** Runs the command in a process. */
function command(args: readonly string[], input: Uint8Array = ascii('')) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/program/main.js', 'classify', ...args], {
    input,
  });
  return { status, stdout: String(stdout), stderr: String(stderr) };
}

test('hex with spaces and colons, text, and raw standard input give the same octets', (t) => {
  const expected = { status: 0, stdout: `${JSON.stringify(classified(ascii('AMQP0091')))}\n`, stderr: '' };
  t.deepEqual(command(['--json', '41:4d:51:50 30303931']), expected);
  t.deepEqual(command(['--json', '--text', 'AMQP0091']), expected);
  t.deepEqual(command(['--json', '-'], ascii('AMQP0091')), expected);
});

test('no argument and empty text are no octets', (t) => {
  for (const args of [[], [''], ['--text', '']]) t.is(JSON.parse(command(['--json', ...args]).stdout).verdict, 'wait');
});

test('hex digits that look like a number are not converted', (t) => {
  t.like(JSON.parse(command(['--json', '0000000000000901']).stdout), {
    reason: { term: '{bad_header,<<0,0,0,0,0,0,9,1>>}' },
  });
});

test('--all-dialects prints a verdict for the first version of each generation', (t) => {
  const all = JSON.parse(command(['--json', '--all-dialects', '--text', 'amqp0091']).stdout) as Classification[];
  t.deepEqual(
    all.map(({ dialect }) => dialect),
    [
      ...['3.6.0', '3.6', '3.7.0', '3.7.8', '3.7.10', '3.7.13', '3.7', '3.8.0', '3.8', '3.9', '3.10', '3.12'],
      ...['4.0', '4.1.0', '4.1', '4.3.1', '4.3', '4.4'],
    ],
  );
  t.is(command(['--all-dialects', '--text', 'amqp0091']).stdout.trimEnd().split('\n').length, all.length);
});

test('without --json, the output is a line with the verdict and a sentence', (t) => {
  const [verdict, sentence] = command(['--text', 'amqp0091', '--dialect', '4.0']).stdout.split('\n');
  t.is(verdict, 'refuse  bad_header  error  AMQP 3 1 0 0, then rst  {bad_header,<<"amqp0091">>}');
  t.regex(sentence as string, /^The client sent 'amqp0091'/);
});

for (const [what, args] of [
  ['invalid hex digits', ['4g']],
  ['half an octet', ['414']],
  ['hex and text at once', ['41', '--text', 'A']],
  ['a dialect that is not a version', ['41', '--dialect', '3.1o']],
  ['a dialect before 3.6', ['41', '--dialect', '3.5']],
  ['an unknown end', ['41', '--end', 'abort']],
] as const) {
  test(`${what} is wrong usage`, (t) => {
    const { status, stdout, stderr } = command(args);
    t.is(status, 2);
    t.is(stdout, '');
    t.regex(stderr, /^rabbit-snare: \S/);
    t.notRegex(stderr, /\n\s+at /);
  });
}
