import test from 'ava';
import { ACCEPTED, type Input, step } from '../../lib/amqp/classifier.js';
import { dialectOf } from '../../lib/amqp/dialect.js';
import { NOTHING_SAID } from '../../lib/amqp/handshake.js';
import type { Facts } from '../../lib/report/facts.js';
import type { Report } from '../../lib/report/report.js';
import { headerRules, NOTHING_LEARNED } from '../../lib/rules/header-rules.js';
import { ascii, protocolHeader } from '../support/bytes.js';
import { REASONS } from '../support/reasons.js';
import { AT, ended, factsOf, reportWith } from '../support/report.js';

/** Returns the keys of an object, with nested keys as `outer.inner`. */
const keysOf = (value: object, prefix = ''): string[] =>
  Object.entries(value).flatMap(([key, inner]) =>
    inner === null || typeof inner !== 'object' || Array.isArray(inner)
      ? [prefix + key]
      : keysOf(inner, `${prefix}${key}.`),
  );

const TLS = { version: 'TLS 1.3', servername: null, alpn: [], terminated: true };

const KEYS = [
  ...['id', 'proxy', 'at', 'durationMs', 'client', 'via', 'listen', 'upstream', 'decision', 'stage', 'dialect'],
  ...['name', 'term', 'severity', 'loggedAs', 'sentence', 'inferred'].map((key) => `reason.${key}`),
  ...['looksLike.what', 'looksLike.detail', 'looksLike.confidence', 'healthCheck', 'header.hex', 'header.text'],
  ...['by', 'clientSent', 'clientSaw', 'upstreamSent', 'upstreamSaw'].map((key) => `ended.${key}`),
  ...['octets.received', 'octets.sent'],
  ...['headerMs', 'upstreamConnectMs', 'startMs', 'tuneMs', 'tuneOkMs', 'openMs'].map((key) => `timing.${key}`),
  ...['product', 'version', 'platform', 'mechanism', 'user', 'vhost', 'channelMax', 'frameMax', 'heartbeat'].map(
    (key) => `handshake.${key}`,
  ),
  ...[
    'handshake.serverProduct',
    'handshake.serverVersion',
    'handshake.connectionName',
    'connectionClose',
    'fault',
    'faults',
    'explained',
    'omitted',
    'destination',
  ],
  ...['version', 'servername', 'alpn', 'terminated'].map((key) => `tls.${key}`),
  'unreadable',
  'upstreamAddress',
  'healthCheckStyle',
  'healthCheckOf',
  'healthCheckAnswer',
];

test('a report has exactly the documented keys', (t) => {
  const report = reportWith({ header: ascii('amqp0091'), handshake: NOTHING_SAID, tls: TLS });
  const keys = keysOf(report);
  t.deepEqual(
    keys.filter((key) => !KEYS.includes(key)),
    [],
    'KEYS has every key',
  );
  t.deepEqual(keys, KEYS);
});

test('unknown facts about a connection are null in its report', (t) => {
  const { looksLike, handshake, connectionClose, fault, faults } = reportWith();
  t.deepEqual([looksLike, handshake, connectionClose, fault, faults], [null, null, null, null, []]);
});

test('the report has the sentence of its reason', (t) => {
  t.is(
    reportWith().reason.sentence,
    'The client sent nothing for 10 s and was reset. RabbitMQ logs `accepting` only now: it waits for the first byte.',
  );
});

test('a report survives a round trip through JSON', (t) => {
  const report = reportWith({ header: ascii('amqp0091'), reason: REASONS.bad_header, handshake: NOTHING_SAID });
  t.deepEqual(JSON.parse(JSON.stringify(report)), report);
});

const [END, TIMEOUT] = [{ type: 'end' }, { type: 'timeout' }] as const;

/** The specification's cases for dialect 3.6: what arrives, how it ends, and what is reported. */
const rows: readonly (readonly [
  title: string,
  octets: string,
  end: Input,
  decision: Report['decision'],
  sent: number,
  severity: string,
  term: string,
  healthCheck: boolean,
])[] = [
  ['silence', '', TIMEOUT, 'refuse', 0, 'error', '{handshake_timeout,handshake}', false],
  ['no data, then FIN', '', END, 'none', 0, 'info', 'connection_closed_with_no_data_received', true],
  ['four octets, then FIN', '\n\n\n\n', END, 'none', 0, 'warning', 'client unexpectedly closed TCP connection', false],
  ['amqp0091', 'amqp0091', TIMEOUT, 'refuse', 8, 'error', '{bad_header,<<"amqp0091">>}', false],
  ['AMQP0091', 'AMQP0091', TIMEOUT, 'refuse', 8, 'error', '{bad_version,{48,48,57,49}}', false],
];

/** How a connection ends when the client closes it, and when it is refused. */
const ENDED = { none: ended('client', 'fin', 'rst'), refuse: ended('proxy', null, 'rst') } as const;

/** The report that the data path creates for a classified client. */
function classified(octets: Uint8Array, end: Input): Report {
  const rules = headerRules({ dialect: 'auto', amqp10: 'auto' }, NOTHING_LEARNED);
  const { seen, verdict } = step(step(ACCEPTED, { type: 'data', octets }, rules), end, rules);
  if (verdict.type === 'wait') throw new Error('no verdict');
  if (verdict.type === 'forward') throw new Error('the client was forwarded');
  return reportWith({
    decision: verdict.type,
    reason: verdict.reason,
    header: seen,
    ended: ENDED[verdict.type],
    octets: { received: octets.length, sent: verdict.type === 'refuse' ? verdict.farewell.length : 0 },
  });
}

for (const [title, octets, end, decision, sent, severity, term, healthCheck] of rows) {
  test(`${title}: ${decision}, ${term}`, (t) => {
    t.like(classified(ascii(octets), end), {
      decision,
      stage: 'header',
      ended: decision === 'none' ? ENDED.none : ENDED.refuse,
      octets: { received: octets.length, sent },
      reason: { term, severity, inferred: false },
      healthCheck,
      header: { hex: Buffer.from(octets, 'latin1').toString('hex'), text: octets.replaceAll('\n', '.') },
    });
  });
}

const GOOD: Partial<Facts> = {
  decision: 'forward',
  stage: 'starting',
  reason: REASONS.connection_closed_abruptly,
  header: protocolHeader(0, 0, 9, 1),
  upstream: '127.0.0.1:5672',
  hasStart: true,
  ended: ended('client', 'fin', 'rst'),
  octets: { received: 8, sent: 500 },
};
const NO_DATA: Partial<Facts> = {
  decision: 'none',
  reason: REASONS.connection_closed_with_no_data_received,
  ended: ended('client', 'fin', 'rst'),
};
const HIT: Report['faults'][number] = { id: 'f-1', name: 'slow', type: 'latency', at: 'start' };
const AMQP10 = protocolHeader(3, 1, 0, 0);

for (const [title, facts] of [
  ['no data and a FIN from the client', NO_DATA],
  [
    "a connection of the balancer's own, however it ends",
    { ...GOOD, isLocal: true, ended: ended('upstream', 'fin', 'rst') },
  ],
  ['no data and an RST from the client', { ...NO_DATA, ended: ended('client', 'rst', null) }],
  ['an RST before accept', { ...NO_DATA, client: null, ended: ended('client', 'rst', null) }],
  ['a good header that the client ended after Start', GOOD],
  ['a good header and half a frame', { ...GOOD, octets: { received: 11, sent: 500 } }],
  ['a good header of 0-8', { ...GOOD, header: protocolHeader(1, 1, 8, 0) }],
  [
    'a good header that the client reset before the dial',
    { ...GOOD, decision: 'none', stage: 'header', upstream: null, hasStart: false },
  ],
  ['only a good AMQP 1.0 header', { ...GOOD, header: AMQP10 }],
] as const satisfies readonly (readonly [string, Partial<Facts>])[]) {
  test(`${title}: a health check`, (t) => t.true(reportWith(facts).healthCheck));
}

for (const [title, facts] of [
  ['no data until the timeout', {}],
  ['no data when the proxy was stopped', { ...NO_DATA, reason: REASONS.shutdown, ended: ended('proxy', null, 'rst') }],
  ['part of a header', { ...GOOD, decision: 'none', stage: 'header', header: ascii('AMQP'), upstream: null }],
  ['a good header for which the broker sent no Start', { ...GOOD, hasStart: false, octets: { received: 8, sent: 0 } }],
  ['only a good AMQP 1.0 header, without an answer', { ...GOOD, header: AMQP10, hasStart: false }],
  ['a good header and a fault that acted', { ...GOOD, decision: 'fault', fault: HIT, faults: [HIT] }],
  ['no data and a fault that acted', { ...NO_DATA, decision: 'fault', fault: HIT, faults: [HIT] }],
  ['a good header that the broker ended', { ...GOOD, ended: ended('upstream', null, 'rst') }],
  ['a good header and Start-Ok', { ...GOOD, hasStartOk: true }],
  ['a connection that was open', { ...GOOD, hasStartOk: true, stage: 'running' }],
  ['a good header that was refused', { ...GOOD, reason: REASONS.amqp1_0_plugin_not_enabled, inferred: true }],
  ['a protocol other than AMQP, forwarded in observe mode', { ...GOOD, header: ascii('GET / HT') }],
  ['a version that no broker accepts', { ...GOOD, header: ascii('AMQP0091') }],
  [
    '0-8 to a broker that does not speak it',
    { ...GOOD, header: protocolHeader(1, 1, 8, 0), dialect: dialectOf('4.0') },
  ],
  ['a clean end', { ...GOOD, reason: REASONS.connection_closed, stage: 'closed', hasStartOk: true }],
  ['an AMQP 1.0 session', { ...GOOD, header: AMQP10, octets: { received: 300, sent: 400 } }],
] as const satisfies readonly (readonly [string, Partial<Facts>])[]) {
  test(`${title}: not a health check`, (t) => t.false(reportWith(facts).healthCheck));
}

test('looksLike is derived from the header', (t) => {
  t.is(reportWith({ header: ascii('GET / HT'), reason: REASONS.bad_header }).looksLike?.what, 'http');
  t.is(reportWith(GOOD).looksLike, null);
});

test('an inferred reason is marked as inferred', (t) => {
  t.true(reportWith({ ...GOOD, reason: REASONS.bad_version, inferred: true }).reason.inferred);
});

test('reports that differ in one fact have different texts, in either order', (t) => {
  const base: Partial<Facts> = { reason: REASONS.bad_header, header: ascii('amqp0091') };
  const changed: readonly (Partial<Facts> & { readonly term?: string })[] = [
    { dialect: dialectOf('4.1') },
    { inferred: true },
    { header: ascii('GET / HT'), reason: { name: 'bad_header', detail: 'other', octets: ascii('GET / HT') } },
    { reason: REASONS.handshake_timeout, handshakeTimeout: 5000 },
    { reason: REASONS.handshake_timeout, ended: ended('proxy', null, 'fin') },
    { reason: { name: 'limit', limit: 'maxConnections', value: 1 } },
    { reason: { name: 'limit', limit: 'maxConnections', value: 2 } },
    { reason: { name: 'upstream_unreachable', code: 'ETIMEDOUT' } },
    { reason: REASONS.upstream_unreachable },
  ];
  const words = [base, ...changed.map((facts) => ({ ...base, ...facts }))].map((facts) => {
    const { reason, header } = reportWith(facts);
    return JSON.stringify([reason, header]);
  });
  t.is(new Set(words).size, words.length);
});

test('reusing the buffer of a header does not change an earlier report', (t) => {
  const header = Uint8Array.from(ascii('amqp0091'));
  const report = reportWith({ header, reason: { name: 'bad_header', detail: 'other', octets: header } });
  header.fill(0);
  t.is(report.header.text, 'amqp0091');
  t.is(report.reason.term, '{bad_header,<<"amqp0091">>}');
});

test('the time of a report is the time of accept, in UTC', (t) => {
  t.is(reportWith({ at: AT }).at, '2026-11-23T05:57:07.527Z');
  t.is(factsOf().at, AT);
});
