import test from 'ava';
import { dialectOf } from '../../lib/amqp/dialect.js';
import { toHex } from '../../lib/amqp/header.js';
import { PROBE_CASES, type ProbeCase } from '../../lib/probe/cases.js';
import {
  type Behaviour,
  describeExpectation,
  differences,
  type Expectation,
  expectationOf,
} from '../../lib/probe/expectation.js';
import type { ProbeResult } from '../../lib/probe/play.js';
import { A31, A91, broker } from '../support/bytes.js';
import { outcomesOf } from '../support/corpus.js';
import { fixture } from '../support/fixture.js';
import { BROKERS, inputsOf } from '../support/golden.js';

const TEN_SECONDS: Behaviour = { close: 'rst', handshakeTimeout: 10_000 };

function named(name: string): ProbeCase {
  const found = PROBE_CASES.find((each) => each.name === name);
  if (!found) throw new Error(`no case ${name}`);
  return found;
}

const rulesOf = (version: string, amqp10 = false) => ({ dialect: dialectOf(version), amqp10, undecided: [] });

const expected = (name: string, version: string, { amqp10 = false, behaviour = TEN_SECONDS } = {}): Expectation =>
  expectationOf(named(name), rulesOf(version, amqp10), behaviour);

/** Converts a measured case to a probe case, without its pauses. */
const measuredCase = (name: string): ProbeCase => ({
  name,
  what: name,
  steps: inputsOf(name).flatMap((input): ProbeCase['steps'] => {
    if (input.type === 'data') return [{ send: input.octets }];
    return input.type === 'end' ? ['fin'] : [];
  }),
});

/** Cases that only the header decides, without a reset from the client. */
const DECIDED = /^(silence|fin|partial-|lowercase|zeros|http|tls|proxy|ssh|ascii-0091|version-)(?!.*rst)/;

for (const { name: measured, rules } of BROKERS) {
  test(`the behavior observed on RabbitMQ ${measured} is the expected one`, (t) => {
    const close = measured.endsWith('linger-off') ? 'fin' : 'rst';
    let compared = 0;
    for (const [name, outcomes] of outcomesOf(measured)) {
      // With the plugin, the measurement stopped before the close.
      if (!DECIDED.test(name) || (name === 'version-0-1-0-0' && rules.amqp10)) continue;
      const probeCase = measuredCase(name);
      const expectation = expectationOf(probeCase, rules, { close, handshakeTimeout: 10_000 });
      const sent = probeCase.steps.map((step) => (step !== 'fin' && 'send' in step ? toHex(step.send) : '')).join('');
      for (const { end, endMs, received } of outcomes) {
        if (end === 'client-rst') throw new Error(`${name} was ended by the client`);
        // Accepted clients were watched for longer than in a probe.
        for (const ms of end === 'open' ? [100] : endMs) {
          const seen: ProbeResult = { case: name, sent, received: received.hex, end, ms };
          const late = name === 'fin-late' ? ['ms'] : [];
          t.deepEqual(differences(seen, expectation, probeCase), late, `${name}: ${describeExpectation(expectation)}`);
          compared += 1;
        }
      }
    }
    t.true(compared >= 5, `${compared}`);
  });
}

const descriptions: readonly (readonly [name: string, version: string, says: string])[] = [
  ['silence', '3.10', 'rst at the handshake timeout'],
  ['partial-silence', '4.3', 'rst at the handshake timeout'],
  ['fin', '3.10', 'rst at once'],
  ['seven-fin', '4.0', 'rst at once'],
  ['lowercase', '3.13', 'AMQP 0 0 9 1, then rst at once'],
  ['lowercase', '4.0', 'AMQP 3 1 0 0, then rst at once'],
  ['amqp-0-9-1', '3.6', 'Connection.Start 0-9'],
  ['amqp-0-9', '4.3', 'Connection.Start 0-9'],
  ['amqp-0-8', '3.6', 'Connection.Start 8-0'],
  ['amqp-0-8', '4.0', 'AMQP 3 1 0 0, then rst at once'],
  ['amqp-1-0-sasl', '3.6', 'AMQP 0 0 9 1, then rst at once'],
  ['amqp-1-0-sasl', '4.0', 'AMQP 3 1 0 0, SASL frame'],
  ['amqp-1-0', '4.0', 'AMQP 3 1 0 0, then rst at once'],
];

for (const [name, version, says] of descriptions) {
  test(`${name} of RabbitMQ ${version}: ${says}`, (t) => {
    t.is(describeExpectation(expected(name, version, { amqp10: version.startsWith('4') })), says);
  });
}

test('with the plugin, 3.x accepts AMQP 1.0; without SASL, it sends its header and waits for the client', (t) => {
  t.is(describeExpectation(expected('amqp-1-0-sasl', '3.10', { amqp10: true })), 'AMQP 3 1 0 0, SASL frame');
  t.is(
    describeExpectation(expected('amqp-1-0', '3.10', { amqp10: true })),
    'AMQP 0 1 0 0, then rst at the handshake timeout',
  );
});

test('a broker without linger closes with FIN instead of a reset', (t) => {
  const behaviour: Behaviour = { close: 'fin', handshakeTimeout: 10_000 };
  for (const { name } of PROBE_CASES) {
    const [rst, fin] = [expected(name, '3.10'), expected(name, '3.10', { behaviour })];
    t.deepEqual(fin, rst.end === 'rst' ? { ...rst, end: 'fin' } : rst, name);
  }
});

/** A result of RabbitMQ 3.10. */
const refused: ProbeResult = { case: 'lowercase', sent: '616d717030303931', received: A91, end: 'rst', ms: 2 };

const lowercase = (changed: Partial<ProbeResult>) =>
  differences({ ...refused, ...changed }, expected('lowercase', '3.10'), named('lowercase'));

test('each key that is not as expected is named', (t) => {
  t.deepEqual(lowercase({}), []);
  t.deepEqual(lowercase({ received: A31 }), ['received']);
  t.deepEqual(lowercase({ received: '' }), ['received']);
  t.deepEqual(lowercase({ received: `${A91}00` }), ['received']);
  t.deepEqual(lowercase({ end: 'fin' }), ['end']);
  t.deepEqual(lowercase({ end: 'open', ms: 12_500 }), ['end', 'ms']);
  t.deepEqual(lowercase({ ms: 3_000 }), ['ms']);
  t.deepEqual(lowercase({ sent: '616d7170' }), ['sent']);
});

test('only a client that sends more than a header may lose the farewell, and only to a reset', (t) => {
  const name = 'http-get';
  const [step] = named(name).steps;
  const sent = step !== undefined && step !== 'fin' && 'send' in step ? toHex(step.send) : '';
  const seen = (received: string, end: 'rst' | 'fin'): ProbeResult => ({ case: name, sent, received, end, ms: 1 });
  t.deepEqual(differences(seen('', 'rst'), expected(name, '3.10'), named(name)), []);
  t.deepEqual(differences(seen(A91.slice(0, 6), 'rst'), expected(name, '3.10'), named(name)), []);
  t.deepEqual(differences(seen(A31, 'rst'), expected(name, '3.10'), named(name)), ['received']);
  const fin = expected(name, '3.10', { behaviour: { close: 'fin', handshakeTimeout: 10_000 } });
  t.deepEqual(differences(seen('', 'fin'), fin, named(name)), ['received']);
});

test('the handshake timeout must be neither immediate nor too late', (t) => {
  for (const handshakeTimeout of [400, 2_000, 10_000]) {
    const silence = expected('silence', '3.10', { behaviour: { close: 'rst', handshakeTimeout } });
    const at = (ms: number) =>
      differences({ case: 'silence', sent: '', received: '', end: 'rst', ms }, silence, named('silence'));
    t.deepEqual(at(handshakeTimeout), []);
    t.deepEqual(at(handshakeTimeout + 1_000), []);
    t.deepEqual(at(handshakeTimeout / 2), ['ms']);
    t.deepEqual(at(handshakeTimeout + 2_000), ['ms']);
    const fin = expected('fin', '3.10', { behaviour: { close: 'rst', handshakeTimeout } });
    t.true(fin.ms[1] < silence.ms[0], `${handshakeTimeout}`);
  }
});

test('a header in two parts is not refused before the second part arrives', (t) => {
  const split = (ms: number) =>
    differences(
      { ...refused, case: 'ascii-0091-split', sent: '414d515030303931', ms },
      expected('ascii-0091-split', '3.10'),
      named('ascii-0091-split'),
    );
  t.deepEqual(split(101), []);
  t.deepEqual(split(2), ['ms']);
});

test('Connection.Start is recognized by its method and version', (t) => {
  const start = Buffer.from(broker.start({ product: 'any' }));
  const at = (received: Uint8Array, name = 'amqp-0-9-1') =>
    differences(
      { case: name, sent: '414d515000000901', received: toHex(received), end: 'open', ms: 101 },
      expected(name, '3.10'),
      named('amqp-0-9-1'),
    );
  t.deepEqual(at(start), []);
  t.deepEqual(at(start.subarray(0, -1)), ['received']);
  t.deepEqual(at(broker.tune()), ['received']);
  t.deepEqual(at(start, 'amqp-0-8'), ['received']);
  const zeroEight = Buffer.from(start);
  zeroEight.set([8, 0], 11);
  t.deepEqual(at(zeroEight, 'amqp-0-8'), []);
});

test('AMQP 1.0 is answered with its header and a complete SASL frame', (t) => {
  const sasl = fixture('sasl-mechanisms-4.0.5');
  const at = (received: Uint8Array) =>
    differences(
      { case: 'amqp-1-0-sasl', sent: A31, received: toHex(received), end: 'open', ms: 101 },
      expected('amqp-1-0-sasl', '4.0', { amqp10: true }),
      named('amqp-1-0-sasl'),
    );
  t.deepEqual(at(sasl), []);
  t.deepEqual(at(sasl.subarray(0, -1)), ['received']);
  t.deepEqual(at(sasl.subarray(0, 8)), ['received']);
});
