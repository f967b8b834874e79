import test from 'ava';
import fc from 'fast-check';
import { ACCEPTED, type HeaderRules, type Input, type Step, step, type Verdict } from '../../lib/amqp/classifier.js';
import { dialectOf } from '../../lib/amqp/dialect.js';
import { quadOf, toHex } from '../../lib/amqp/header.js';
import { termOf } from '../../lib/amqp/term.js';
import {
  A31,
  A91,
  ascii,
  clientHello,
  concat,
  hex,
  httpGet,
  protocolHeader,
  proxyV1,
  splits,
} from '../support/bytes.js';
import { BROKERS, inputsOf, type Measured, measured, termIn } from '../support/golden.js';

const rulesOf = (dialect: string, amqp10 = false): HeaderRules => ({
  dialect: dialectOf(dialect),
  amqp10,
  undecided: [],
});

const data = (octets: Uint8Array): Input => ({ type: 'data', octets });

const run = (inputs: readonly Input[], rules: HeaderRules): Step =>
  inputs.reduce((state, input) => step(state, input, rules), ACCEPTED);

const classify = (octets: Uint8Array, rules: HeaderRules): Verdict => run([data(octets)], rules).verdict;

/** A verdict, as seen by the client and in the log. */
function shown(verdict: Verdict, { dialect }: HeaderRules): string {
  switch (verdict.type) {
    case 'wait':
    case 'forward':
      return verdict.type;
    case 'none':
      return `- ${termOf(verdict.reason, dialect)}`;
    case 'refuse':
      return `${toHex(verdict.farewell) || '-'} ${termOf(verdict.reason, dialect)}`;
    default:
      return verdict satisfies never;
  }
}

/** Why a connection ended at its header, as brokers print it. */
const HEADER_REFUSAL =
  /bad_header|bad_version|AMQP protocol header|detected on|amqp1_0_plugin_not_enabled|unsupported_amqp1_0|SASL security/;
/** The beginning of a method frame: the broker answered with Start. */
const METHOD_FRAME = '01';

/** The verdict of a measured broker, in the form of `shown`; undefined if the client's reset hid it each time. */
function verdictOfBroker({ name, group, outcomes }: Measured, ours: string): string | undefined {
  const verdicts = outcomes.flatMap((outcome) => {
    const { end, received } = outcome;
    const term = termIn(outcome);
    if (received.hex.startsWith(METHOD_FRAME)) return 'forward';
    if (term === undefined) return [];
    if (['header', 'amqp-1-0'].includes(group) && !HEADER_REFUSAL.test(term)) return 'forward';
    // A client that reset the connection did not read. Writing 4 MiB fails midway, which loses the answer.
    const isDeaf = end === 'client-rst' || name === 'garbage-4m';
    return `${isDeaf ? ours.split(' ')[0] : received.hex || '-'} ${term}`;
  });
  const [first, ...others] = new Set(verdicts);
  if (others.length > 0) throw new Error(`${name} was decided in several ways`);
  return first;
}

for (const { name: broker, rules } of BROKERS) {
  const played = measured(broker).map((each) => {
    const ours = shown(run(inputsOf(each.name), rules).verdict, rules);
    return { name: each.name, ours, theirs: verdictOfBroker(each, ours) };
  });
  const visible = played.filter(({ theirs }) => theirs !== undefined);

  test(`each measured case is decided as RabbitMQ ${broker} decided it`, (t) => {
    t.deepEqual(
      visible.map(({ name, ours }) => [name, ours]),
      visible.map(({ name, theirs }) => [name, theirs]),
    );
  });

  test(`the decision of RabbitMQ ${broker} is unknown only if the client reset immediately`, (t) => {
    const hidden = played.filter(({ theirs }) => theirs === undefined).map(({ name }) => name);
    for (const name of hidden) t.regex(name, /-rst(-at-once)?$|^rst-at-once$/);
    t.true(visible.length >= played.length - 5);
  });
}

/** Longer writes differ only in the octets after the header. */
const SPLIT_UP_TO = 24;

for (const { name: broker, rules } of BROKERS) {
  test(`each measured case is decided the same way by ${broker} wherever its octets are split`, (t) => {
    for (const { name } of measured(broker)) {
      const inputs = inputsOf(name);
      const octets = concat(...inputs.map((input) => (input.type === 'data' ? input.octets : concat())));
      const whole = run(inputs, rules).verdict;
      for (const [head, tail] of splits(octets.subarray(0, SPLIT_UP_TO))) {
        const end = inputs.filter(({ type }) => type !== 'data');
        t.deepEqual(run([data(head), data(tail), ...end], rules).verdict, whole, name);
      }
    }
  });
}

/** The headers that some version accepts, and the headers that versions refuse in different ways. */
const table: readonly (readonly [what: string, octets: Uint8Array, by36: string, by40: string, by41: string])[] = [
  ['AMQP 0-9-1', protocolHeader(0, 0, 9, 1), 'forward', 'forward', 'forward'],
  ['AMQP 0-9', protocolHeader(1, 1, 0, 9), 'forward', 'forward', 'forward'],
  [
    'AMQP 0-8',
    protocolHeader(1, 1, 8, 0),
    'forward',
    `${A31} {bad_version,{1,1,8,0}}`,
    `${A31} {bad_version,{1,1,8,0}}`,
  ],
  [
    'a header in lower case',
    ascii('amqp0091'),
    `${A91} {bad_header,<<"amqp0091">>}`,
    `${A31} {bad_header,<<"amqp0091">>}`,
    `${A31} client did not start with AMQP protocol header: <<"amqp0091">>`,
  ],
  [
    'a version in digits',
    ascii('AMQP0091'),
    `${A91} {bad_version,{48,48,57,49}}`,
    `${A31} {bad_version,{48,48,57,49}}`,
    `${A31} {bad_version,{48,48,57,49}}`,
  ],
  [
    'an HTTP GET',
    httpGet('/'),
    `${A91} {bad_header,<<"GET / HT">>}`,
    `${A31} {bad_header,<<"GET / HT">>}`,
    `${A31} HTTP GET request detected on AMQP port. Ensure the client is connecting to the correct port.`,
  ],
  [
    'an HTTP HEAD, which no version recognizes',
    ascii('HEAD / HTTP/1.0\r\n\r\n'),
    `${A91} {bad_header,<<"HEAD / H">>}`,
    `${A31} {bad_header,<<"HEAD / H">>}`,
    `${A31} client did not start with AMQP protocol header: <<"HEAD / H">>`,
  ],
  [
    'a TLS ClientHello',
    clientHello(),
    `${A91} {bad_header,<<22,3,1,2,0,1,0,1>>}`,
    `${A31} {bad_header,<<22,3,1,2,0,1,0,1>>}`,
    `${A31} TLS client detected on non-TLS AMQP port. Ensure the client is connecting to the correct port.`,
  ],
  [
    'a TLS record that is not a ClientHello',
    hex('16 03 01 00 05 02 00 00'),
    `${A91} {bad_header,<<22,3,1,0,5,2,0,0>>}`,
    `${A31} {bad_header,<<22,3,1,0,5,2,0,0>>}`,
    `${A31} client did not start with AMQP protocol header: <<22,3,1,0,5,2,0,0>>`,
  ],
  [
    'a PROXY header',
    proxyV1(),
    `${A91} {bad_header,<<"PROXY TC">>}`,
    `${A31} {bad_header,<<"PROXY TC">>}`,
    `${A31} client did not start with AMQP protocol header: <<"PROXY TC">>`,
  ],
];

for (const [what, octets, ...expected] of table) {
  test(`${what} is decided as each generation decides it`, (t) => {
    t.deepEqual(
      ['3.6', '4.0', '4.1'].map((dialect) => shown(classify(octets, rulesOf(dialect)), rulesOf(dialect))),
      expected,
    );
  });
}

test('an undecided quad is forwarded, whatever the dialect; similar quads are not', (t) => {
  const rules: HeaderRules = { ...rulesOf('4.3'), undecided: [[1, 1, 8, 0]] };
  t.deepEqual(classify(protocolHeader(1, 1, 8, 0), rules), { type: 'forward', quad: [1, 1, 8, 0] });
  t.is(classify(protocolHeader(1, 1, 8, 1), rules).type, 'refuse');
  t.is(classify(protocolHeader(1, 1, 9, 1), rules).type, 'refuse');
});

test('empty chunks count as no data', (t) => {
  const rules = rulesOf('3.6');
  const { seen, verdict } = run([data(concat()), data(concat()), { type: 'end' }], rules);
  t.is(seen.length, 0);
  t.is(shown(verdict, rules), '- connection_closed_with_no_data_received');
});

const anyRules = fc.record({
  dialect: fc.constantFrom('3.6', '3.7.7', '3.10.8', '3.13', '4.0', '4.3').map(dialectOf),
  amqp10: fc.boolean(),
  undecided: fc.constantFrom<HeaderRules['undecided']>(
    [],
    [
      [3, 1, 0, 0],
      [0, 0, 9, 1],
    ],
  ),
});
const smallOctet = fc.integer({ min: 0, max: 10 });
const aQuad = fc.oneof(
  fc.tuple(smallOctet, smallOctet, smallOctet, smallOctet),
  fc.uint8Array({ minLength: 4, maxLength: 4 }),
);
const anyHeader = fc.oneof(
  fc.uint8Array({ minLength: 8, maxLength: 8 }),
  aQuad.map((quad) => concat(ascii('AMQP'), Uint8Array.from(quad))),
);
const anyOctets = fc.uint8Array({ maxLength: 40 });

test('fewer than 8 octets never decide, and 8 always do', (t) => {
  fc.assert(
    fc.property(anyHeader, anyRules, fc.nat(7), (header, rules, count) => {
      t.deepEqual(classify(header.subarray(0, count), rules), { type: 'wait' });
      t.true(['forward', 'refuse'].includes(classify(header, rules).type));
    }),
  );
});

test('the verdict is the same however the octets are split', (t) => {
  fc.assert(
    fc.property(anyHeader, anyRules, fc.array(fc.nat(8), { maxLength: 8 }), (header, rules, cuts) => {
      const places = [0, ...cuts.sort((a, b) => a - b), header.length];
      const chunks = places.slice(1).map((to, at) => data(header.subarray(places[at], to)));
      t.deepEqual(run(chunks, rules), run([data(header)], rules));
    }),
  );
});

test('octets after the eighth are ignored and not kept', (t) => {
  fc.assert(
    fc.property(anyHeader, anyRules, anyOctets, (header, rules, more) => {
      const whole = run([data(header)], rules);
      t.deepEqual(run([data(concat(header, more))], rules), whole);
      t.deepEqual(run([data(header), data(more)], rules), whole);
      t.deepEqual(whole.seen, Uint8Array.from(header));
    }),
  );
});

test('an end does not change a verdict', (t) => {
  fc.assert(
    fc.property(anyHeader, anyRules, fc.constantFrom<Input['type']>('end', 'timeout'), (header, rules, type) => {
      t.deepEqual(run([data(header), { type } as Input], rules), run([data(header)], rules));
    }),
  );
});

test('the classifier keeps a copy, so that the buffer can be reused', (t) => {
  const buffer = Uint8Array.from(ascii('amqp'));
  const state = step(ACCEPTED, data(buffer), rulesOf('3.6'));
  buffer.fill(0);
  t.deepEqual(state.seen, Uint8Array.from(ascii('amqp')));
});

test('only a header that begins with AMQP in upper case has a version quad', (t) => {
  fc.assert(
    fc.property(anyHeader, anyRules, (header, rules) => {
      const verdict = classify(header, rules);
      const isBadHeader = verdict.type === 'refuse' && verdict.reason.name === 'bad_header';
      t.is(isBadHeader, quadOf(header) === undefined);
    }),
  );
});
