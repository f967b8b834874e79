import test from 'ava';
import type { Report } from '../../lib/report/report.js';
import { A31, A91 } from '../support/bytes.js';
import type { Case, Step } from '../support/corpus.js';
import { REASONS } from '../support/reasons.js';
import { reportWith } from '../support/report.js';
import { type CompareOptions, compare } from './compare.js';
import type { Direct, Proxied } from './sides.js';

const HEADER: CompareOptions = { reasons: 'header', close: 'rst' };

const NAME = '127.0.0.1:40000 -> 127.0.0.1:5672';
const accepting = { level: 'info', text: `accepting AMQP connection <0.7.0> (${NAME})` };
const closing = (term: string, level = 'error') => ({
  level,
  text: `closing AMQP connection <0.7.0> (${NAME}):\n${term}`,
});

/** A client that sent `amqp0091` and was refused, by the broker and by the proxy. */
const refused = [accepting, closing('{bad_header,<<"amqp0091">>}')];
const direct: Direct = { end: 'rst', ms: 2, received: A91, entries: refused };
const proxied: Proxied = {
  end: 'rst',
  ms: 3,
  received: A91,
  entries: refused,
  report: reportWith({ reason: REASONS.bad_header }),
};

const script = (...steps: readonly Step[]): Case => ({ name: 'played', group: '', steps, watch: 0 });
const LOWERCASE: Step = { send: { text: 'amqp0091' } };

const aspects = (lines: readonly string[]) => lines.map((line) => line.replace(/:.*/s, ''));

test('equal results have no differences', (t) => {
  const { differences, races, compared } = compare(script(LOWERCASE), direct, proxied, HEADER);
  t.deepEqual([differences, races], [[], []]);
  t.deepEqual(compared, ['octets', 'end', 'time', 'decision', 'reason', 'entries', 'unexplained', 'explanation']);
});

const report = (changes: Partial<Report>): Report => ({ ...(proxied.report as Report), ...changes });
const reason = (changes: Partial<Report['reason']>) => report({ reason: { ...report({}).reason, ...changes } });

const slips: readonly (readonly [what: string, of: Partial<Proxied>, differs: readonly string[]])[] = [
  ['another farewell', { received: A31 }, ['octets']],
  ['a truncated farewell', { received: A91.slice(0, 8) }, ['octets']],
  ['a FIN instead of an RST', { end: 'fin' }, ['end']],
  ['no close', { end: 'open', ms: 1000 }, ['end', 'time']],
  ['a close one second later', { ms: 1002 }, ['time']],
  ['forwarding a header that the broker refused', { report: report({ decision: 'forward' }) }, ['decision']],
  ['another term', { report: reason({ term: '{bad_header,<<"AMQP0091">>}' }) }, ['reason']],
  ['another level', { report: reason({ loggedAs: 'warning' }) }, ['reason']],
  ['no report', { report: undefined }, ['reason']],
  ['a missing entry', { entries: [accepting] }, ['entries']],
  [
    'an entry at another level',
    { entries: [{ ...accepting, level: 'debug' }, refused[1] as (typeof refused)[0]] },
    ['entries'],
  ],
];

for (const [what, changes, differs] of slips) {
  test(`the comparison detects ${what}`, (t) => {
    const { differences, races } = compare(script(LOWERCASE), direct, { ...proxied, ...changes }, HEADER);
    t.deepEqual([aspects(differences), races], [differs, []]);
  });
}

test('an entry of the broker without an explanation is a difference, also one that is not about the reader', (t) => {
  for (const text of [
    'something new',
    'closing AMQP connection <0.1.0> (127.0.0.1:1 -> 127.0.0.1:2):\n{something,new}',
  ]) {
    const others = [{ level: 'error', text }];
    const { differences } = compare(script(LOWERCASE), { ...direct, others }, proxied, HEADER);
    t.deepEqual(aspects(differences), ['unexplained']);
  }
});

test('an explanation with another reason than the report is a difference', (t) => {
  const named = reason({ name: 'bad_version' });
  const { differences } = compare(script(LOWERCASE), direct, { ...proxied, report: named }, HEADER);
  t.deepEqual(aspects(differences), ['explanation']);
});

test('without the broker’s log only the client’s view and the decision are compared', (t) => {
  const other = { ...proxied, report: reason({ term: 'other' }), entries: [] };
  const { differences, compared } = compare(script(LOWERCASE), { ...direct, entries: undefined }, other, HEADER);
  t.deepEqual([differences, compared], [[], ['octets', 'end', 'time', 'decision']]);
});

test('for an accepted client the accepting entry is compared, and the reason only with --reasons all', (t) => {
  const start = `01${'00'.repeat(20)}`;
  const ofBroker: Direct = {
    ...direct,
    received: start,
    entries: [accepting, closing('{handshake_timeout,frame_header}')],
  };
  const entries = [accepting, closing('upstream_closed', 'warning')];
  const ofProxy = { ...proxied, received: start, entries, report: report({ decision: 'forward', stage: 'starting' }) };
  t.deepEqual(compare(script(), ofBroker, ofProxy, HEADER).differences, []);
  t.deepEqual(aspects(compare(script(), ofBroker, ofProxy, { ...HEADER, reasons: 'all' }).differences), [
    'reason',
    'entries',
    'explanation',
  ]);
  const late = { ...ofProxy, entries: [{ ...accepting, level: 'debug' }] };
  t.deepEqual(aspects(compare(script(), ofBroker, late, HEADER).differences), ['entries']);
});

const CLIENT_RST = { end: 'client-rst', received: '', ms: 1 } as const;
const GONE: readonly (readonly [race: string, of: Partial<Direct>, of: Partial<Proxied>])[] = [
  ['rst-unnoticed', { ...CLIENT_RST, entries: [] }, CLIENT_RST],
  ['rst-before-accept', CLIENT_RST, { ...CLIENT_RST, report: 'without address', entries: [] }],
  ['rst-overtook-answer', { ...CLIENT_RST, entries: [accepting, closing('{inet_error,closed}')] }, CLIENT_RST],
  ['own-rst-crossed', { end: 'rst' }, CLIENT_RST],
  ['own-rst-crossed', { end: 'client-rst' }, CLIENT_RST],
];

for (const [race, ofBroker, ofProxy] of GONE) {
  test(`${race} is permitted only for a client that resets at once: ${JSON.stringify(ofBroker.end)}`, (t) => {
    const found = (...steps: readonly Step[]) =>
      compare(script(...steps), { ...direct, ...ofBroker }, { ...proxied, ...ofProxy }, HEADER);
    const { differences, races } = found(LOWERCASE, { wait: 10 }, 'rst');
    t.deepEqual([differences, races], [[], [race]]);
    for (const others of [[LOWERCASE], [LOWERCASE, 'fin'], [LOWERCASE, { wait: 1000 }, 'rst']] as const) {
      t.not(found(...others).differences.length, 0);
    }
  });
}

test('a lost farewell is permitted only for a client that is still writing', (t) => {
  const found = (...steps: readonly Step[]) => compare(script(...steps), direct, { ...proxied, received: '' }, HEADER);
  const long: Step = { send: { text: 'GARBAGE!', repeat: 8192 } };
  for (const steps of [[LOWERCASE, LOWERCASE], [LOWERCASE, { wait: 1 }, LOWERCASE], [long]] as const) {
    t.deepEqual([found(...steps).differences, found(...steps).races], [[], ['farewell-lost']]);
  }
  for (const steps of [[LOWERCASE], [{ send: { text: 'amqp' } }, { send: { text: '0091 and more' } }]] as const) {
    t.deepEqual(aspects(found(...steps).differences), ['octets']);
  }
});

test('a different farewell is always a difference', (t) => {
  const other = { ...proxied, received: A31 };
  for (const steps of [
    [LOWERCASE, LOWERCASE],
    [LOWERCASE, 'rst'],
  ] as const) {
    t.deepEqual(aspects(compare(script(...steps), direct, other, HEADER).differences), ['octets']);
  }
});

test('an RST instead of a FIN is permitted only for a client that is still writing to a broker that closes with FIN', (t) => {
  const found = (close: 'rst' | 'fin', ...steps: readonly Step[]) =>
    compare(script(...steps), direct, { ...proxied, end: 'fin' }, { ...HEADER, close });
  t.deepEqual(found('fin', LOWERCASE, LOWERCASE).races, ['fin-became-rst']);
  t.deepEqual(found('fin', LOWERCASE, LOWERCASE).differences, []);
  t.deepEqual(aspects(found('fin', LOWERCASE).differences), ['end']);
  t.deepEqual(aspects(found('rst', LOWERCASE, LOWERCASE).differences), ['end']);
});
