import test from 'ava';
import { ACCEPTED, step } from '../../lib/amqp/classifier.js';
import type { Quad } from '../../lib/amqp/header.js';
import { headerRules, type Learned, NOTHING_LEARNED } from '../../lib/rules/header-rules.js';
import { ascii, protocolHeader } from '../support/bytes.js';

type Settings = Parameters<typeof headerRules>[0];

const AUTO: Settings = { dialect: 'auto', amqp10: 'auto' };
const learned = (version: string | null, amqp10: boolean | null = null): Learned => ({
  product: version === null ? null : 'RabbitMQ',
  version,
  dialect: version,
  amqp10,
});

/** The outcome for a quad: `forward`, or the reason for the refusal. */
function becomesOf(quad: Quad, settings: Settings, known: Learned): string {
  const { verdict } = step(ACCEPTED, { type: 'data', octets: protocolHeader(...quad) }, headerRules(settings, known));
  return 'reason' in verdict ? verdict.reason.name : verdict.type;
}

/** The outcomes for the six headers that some version accepts, two other AMQP 1.0 ids, and a version in digits. */
const QUADS: readonly Quad[] = [
  [0, 0, 9, 1],
  [1, 1, 0, 9],
  [1, 1, 8, 0],
  [1, 1, 9, 1],
  [3, 1, 0, 0],
  [0, 1, 0, 0],
  [2, 1, 0, 0],
  [4, 1, 0, 0],
  [48, 48, 57, 49],
];
const all = (settings: Settings, known: Learned) => QUADS.map((quad) => becomesOf(quad, settings, known));

const [f, bad, noPlugin, sasl, badId] = [
  'forward',
  'bad_version',
  'amqp1_0_plugin_not_enabled',
  'sasl_required',
  'unsupported_amqp1_0_protocol_id',
];
const AS_3_WITHOUT = [f, f, f, f, noPlugin, noPlugin, noPlugin, noPlugin, bad];
const AS_3_WITH = [f, f, f, f, f, f, badId, badId, bad];
const AS_4 = [f, f, bad, bad, f, sasl, sasl, sasl, bad];
const UNTIL_LEARNED = [f, f, f, f, f, f, noPlugin, noPlugin, bad];

const rows: readonly (readonly [title: string, settings: Settings, known: Learned, expected: readonly string[]])[] = [
  [
    'auto forwards the headers that some version accepts until it has learned the version',
    AUTO,
    NOTHING_LEARNED,
    UNTIL_LEARNED,
  ],
  [
    'auto leaves AMQP 1.0 to a broker of unknown version, also with amqp10 off',
    { ...AUTO, amqp10: 'off' },
    NOTHING_LEARNED,
    UNTIL_LEARNED,
  ],
  ['an answer to AMQP 1.0 alone does not reveal the version', AUTO, learned(null, false), UNTIL_LEARNED],
  ['auto leaves AMQP 1.0 to a 3.x broker that has not been asked', AUTO, learned('3.10.8'), UNTIL_LEARNED],
  ['auto refuses AMQP 1.0 for a 3.x broker without the plugin', AUTO, learned('3.10.8', false), AS_3_WITHOUT],
  ['auto forwards AMQP 1.0 to a 3.x broker with the plugin', AUTO, learned('3.10.8', true), AS_3_WITH],
  ['amqp10 on does not wait for an answer', { ...AUTO, amqp10: 'on' }, learned('3.10.8'), AS_3_WITH],
  ['amqp10 off does not wait for an answer', { ...AUTO, amqp10: 'off' }, learned('3.10.8'), AS_3_WITHOUT],
  ['amqp10 off overrides what was learned', { ...AUTO, amqp10: 'off' }, learned('3.10.8', true), AS_3_WITHOUT],
  ['amqp10 on overrides what was learned', { ...AUTO, amqp10: 'on' }, learned('3.10.8', false), AS_3_WITH],
  ['auto uses the rules of 4.x for a 4.x broker', AUTO, learned('4.0.5'), AS_4],
  ['auto uses the rules of 4.x for a broker upgraded to 4.x', AUTO, learned('4.1.0', false), AS_4],
  ['a 3.x dialect has no plugin by default', { dialect: '3.10', amqp10: 'auto' }, NOTHING_LEARNED, AS_3_WITHOUT],
  ['a 3.x dialect with amqp10 on has the plugin', { dialect: '3.10', amqp10: 'on' }, NOTHING_LEARNED, AS_3_WITH],
  ['a 3.x dialect with amqp10 off has no plugin', { dialect: '3.10', amqp10: 'off' }, NOTHING_LEARNED, AS_3_WITHOUT],
  ['a 4.x dialect has AMQP 1.0 built in', { dialect: '4.0', amqp10: 'auto' }, NOTHING_LEARNED, AS_4],
  ['amqp10 off has no effect on a 4.x dialect', { dialect: '4.0', amqp10: 'off' }, NOTHING_LEARNED, AS_4],
];

for (const [title, settings, known, expected] of rows) {
  test(title, (t) => t.deepEqual(all(settings, known), expected));
}

test('an explicit dialect is never changed', (t) => {
  for (const dialect of ['3.6', '3.10.8', '4.0', '4.3']) {
    for (const amqp10 of ['auto', 'on', 'off'] as const) {
      const before = headerRules({ dialect, amqp10 }, NOTHING_LEARNED);
      for (const known of [learned('3.8.9'), learned('3.8.9', true), learned('4.3.6'), learned(null, true)]) {
        t.deepEqual(headerRules({ dialect, amqp10 }, known), before);
      }
    }
  }
});

const typed = ascii('GET / HTTP/1.1\r\n');

for (const [known, name] of [
  [NOTHING_LEARNED, '3.6'],
  [learned('3.10.8'), '3.10.8'],
  [learned('4.1.2'), '4.1.2'],
] as const) {
  test(`a header that no version accepts is refused like ${name} if the broker is ${known.version ?? 'unknown'}`, (t) => {
    const rules = headerRules(AUTO, known);
    t.is(rules.dialect.name, name);
    t.is(step(ACCEPTED, { type: 'data', octets: typed }, rules).verdict.type, 'refuse');
  });
}
