import test from 'ava';
import type { Quad } from '../../lib/amqp/header.js';
import type { Learned } from '../../lib/rules/header-rules.js';
import { NOTHING_LEARNED } from '../../lib/rules/header-rules.js';
import { type BrokerAnswer, learn } from '../../lib/rules/learn.js';

const started = (version: string | null, product: string | null = 'RabbitMQ'): BrokerAnswer => ({
  product,
  version,
  asked: [0, 0, 9, 1],
  answer: null,
});
const answered = (asked: Quad, answer: Quad | null): BrokerAnswer => ({ product: null, version: null, asked, answer });

const WITH_SASL: Quad = [3, 1, 0, 0];
const WITHOUT_SASL: Quad = [0, 1, 0, 0];
const A91: Quad = [0, 0, 9, 1];
const rabbitmq = (version: string, amqp10: boolean | null = null): Learned => ({
  product: 'RabbitMQ',
  version,
  dialect: version,
  amqp10,
});
const V3 = rabbitmq('3.10.8');

test('the first Start teaches the version', (t) => {
  t.deepEqual(learn(NOTHING_LEARNED, started('3.10.8')), V3);
});

test('an upgrade of the broker is detected, and what was learned about its plugin is dropped', (t) => {
  t.deepEqual(learn(rabbitmq('3.10.8', false), started('4.0.5')), rabbitmq('4.0.5'));
});

test('the same version again changes nothing', (t) => {
  const known = rabbitmq('3.10.8', true);
  t.is(learn(known, started('3.10.8')), known);
});

test('a Start without a product teaches nothing', (t) => t.is(learn(V3, started('4.0.5', null)), V3));

for (const [what, product, version] of [
  ['another product', 'LavinMQ', '2.3.0'],
  ['no version', 'RabbitMQ', null],
  ['an invalid version', 'RabbitMQ', 'latest'],
  ['a version followed by a line break', 'RabbitMQ', '4.0.5\n=ERROR REPORT===='],
] as const) {
  test(`a Start with ${what} is learned, with the nearest dialect`, (t) => {
    t.deepEqual(learn(V3, started(version, product)), { product, version, dialect: '3.13', amqp10: null });
  });
}

for (const [what, asked, answer, amqp10] of [
  ['AMQP 1.0 with SASL answered with the same header means that there is a plugin', WITH_SASL, WITH_SASL, true],
  [
    'AMQP 1.0 without SASL answered with the same header means that there is a plugin',
    WITHOUT_SASL,
    WITHOUT_SASL,
    true,
  ],
  ['AMQP 1.0 without SASL answered with SASL means a plugin that requires a login', WITHOUT_SASL, WITH_SASL, true],
  ['an unknown AMQP 1.0 id answered with SASL means that there is a plugin', [2, 1, 0, 0], WITH_SASL, true],
  ['AMQP 1.0 with SASL answered with 0-9-1 means that there is no plugin', WITH_SASL, A91, false],
  ['AMQP 1.0 without SASL answered with 0-9-1 means that there is no plugin', WITHOUT_SASL, A91, false],
] as const) {
  test(what, (t) => t.deepEqual(learn(V3, answered(asked, answer)), { ...V3, amqp10 }));
}

test('enabling or disabling the plugin is detected', (t) => {
  t.is(learn({ ...V3, amqp10: false }, answered(WITH_SASL, WITH_SASL)).amqp10, true);
  t.is(learn({ ...V3, amqp10: true }, answered(WITH_SASL, A91)).amqp10, false);
});

for (const [what, said] of [
  ['no answer to AMQP 1.0', answered(WITH_SASL, null)],
  ['an answer to 0-9-1', answered(A91, WITH_SASL)],
  ['an answer that is not an AMQP version', answered(WITH_SASL, [9, 9, 9, 9])],
] as const) {
  test(`${what} teaches nothing`, (t) => t.is(learn(V3, said), V3));
}

test('the same answer again changes nothing', (t) => {
  const known: Learned = { ...V3, amqp10: false };
  t.is(learn(known, answered(WITH_SASL, A91)), known);
});
