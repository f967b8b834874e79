import test from 'ava';
import fc from 'fast-check';
import { ConfigError } from '../../lib/errors.js';
import { notesOf } from '../../lib/faults/attribute.js';
import { FAULT_KEYS, type FaultInput, FLAT_KEYS, faultId } from '../../lib/faults/fault.js';
import type { AttributeShape, FaultType } from '../../lib/faults/fault-type.js';
import { changeFault, parseFault } from '../../lib/faults/parse-fault.js';
import { FAULT_TYPES, faultType } from '../../lib/faults/registry.js';
import { CONDITIONS, MESSAGE_CONDITIONS } from '../../lib/faults/when.js';
import { requiredAttributes } from '../support/required-attributes.js';

const parse = (input: unknown) => parseFault(input, { proxy: 'amqp' });
const problems = (input: unknown): readonly string[] => {
  try {
    parse(input);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};
const attributesOf = (type: string): AttributeShape => faultType(type)?.attributes ?? {};

test('missing keys have their defaults', (t) => {
  t.deepEqual(parse({ type: 'latency' }), {
    name: 'latency_downstream',
    type: 'latency',
    proxy: 'amqp',
    stream: 'downstream',
    toxicity: 1,
    attributes: { latency: 0, jitter: 0 },
    when: {},
    times: null,
  });
});

test('the default name consists of type and stream', (t) => {
  const fault = parse({ type: 'bandwidth', stream: 'upstream', name: '' });
  t.is(fault.name, 'bandwidth_upstream');
  t.is(faultId(fault), 'amqp/bandwidth_upstream');
});

for (const [type, attributes] of Object.entries({
  latency: { latency: 0, jitter: 0 },
  bandwidth: { rate: 0 },
  slow_close: { delay: 0 },
  timeout: { timeout: 0 },
  reset_peer: { timeout: 0 },
  slicer: { average_size: 0, size_variation: 0, delay: 0 },
  limit_data: { bytes: 0 },
  noop: {},
  amqp_refuse: { reason: 'bad_header', farewell: null, close: null, delay: 0 },
  amqp_stall: { at: 'start', place: null, octets: 8, timeout: null, then: 'rst' },
  amqp_reset: { at: 'start', place: null, octets: 8, delay: 0 },
  amqp_fin: { at: 'start', place: null, octets: 8, delay: 0, close_notify: true },
  amqp_close: {
    at: 'open',
    place: null,
    code: 320,
    text: null,
    class: 0,
    method: 0,
    delay: 0,
    timeout: null,
    close: null,
  },
  amqp_truncate: { at: 'start', what: 'frame', octets: null, then: 'rst' },
  amqp_corrupt: { at: 'start', what: 'frame_end', value: 0 },
  amqp_start: {
    version_major: null,
    version_minor: null,
    mechanisms: null,
    locales: null,
    server_properties: null,
    size: null,
    nesting: null,
  },
  amqp_tune: { channel_max: null, heartbeat: null, frame_max: null, clamp: true },
  amqp_blocked: { reason: 'low on memory', delay: 0, duration: 0 },
  amqp_mute_heartbeats: {},
  amqp_hold: { method: 'connection.start', action: 'hold', delay: 0 },
  amqp_channel_close: { code: 406, text: null, count: null, share: 1 },
  amqp_cancel: { delay: 0, count: null, share: 1 },
  amqp_return: { count: null, share: 1 },
  amqp_nack: { count: null, share: 1 },
  amqp_confirm: { how: 'reorder', batch: 10, within: 100, count: null, share: 1 },
  amqp_deliver: { how: 'double', batch: 10, within: 100, count: null, share: 1 },
  tls_reset: { at: 'client-hello' },
  tls_fin: { at: 'client-hello', close_notify: true },
  tls_stall: { at: 'client-hello', timeout: null, then: 'rst' },
  tls_alert: { alert: 'handshake_failure' },
  tls_certificate: { problem: 'expired', ca_cert: null, ca_key: null },
  connect_refuse: {},
  connect_hang: {},
  connect_delay: { delay: 0 },
  connect_limit: { rate: 10, burst: null, then: 'rst' },
  cut: { delay: 0, bytes: 0, close: 'rst' },
  idle_forget: { idle: 350_000, then: 'rst' },
  blackhole: { then: 'resume' },
})) {
  test(`${type} has its attributes in order, at their defaults`, (t) => {
    const given = requiredAttributes(attributesOf(type));
    t.is(JSON.stringify(parse({ type, attributes: given }).attributes), JSON.stringify(attributes));
  });
}

test('every type has the attributes it declares, at the declared defaults and in that order', (t) => {
  for (const { name, attributes } of FAULT_TYPES) {
    const required = requiredAttributes(attributes);
    const declared = Object.entries(attributes).map(([key, schema]) => [key, required[key] ?? notesOf(schema).default]);
    const parsed = parse({ type: name, attributes: required }).attributes;
    t.is(JSON.stringify(parsed), JSON.stringify(Object.fromEntries(declared)), name);
  }
});

test('every type of Toxiproxy acts on a stream', (t) => {
  const toxiproxy = FAULT_TYPES.filter((type: FaultType) => type.isToxiproxy);
  t.true(toxiproxy.length > 0);
  for (const { name, acts } of toxiproxy) t.is(acts, 'stream', name);
});

test('no attribute has the name of a condition of its type or of a key of the fault', (t) => {
  const ofMessages: readonly string[] = MESSAGE_CONDITIONS;
  for (const { name, attributes, ...type } of FAULT_TYPES as readonly FaultType[]) {
    const own: readonly string[] = ('conditions' in type && type.conditions) || [];
    const flat = [...FLAT_KEYS.filter((key) => !ofMessages.includes(key)), ...own, ...FAULT_KEYS] as string[];
    for (const key of Object.keys(attributes)) {
      t.false(flat.includes(key), `${name}.${key}`);
    }
  }
});

test('a fault is equal to the fault parsed from its JSON', (t) => {
  for (const { name, attributes } of FAULT_TYPES) {
    const fault = parse({ type: name, attributes: requiredAttributes(attributes) });
    t.deepEqual(parse(JSON.parse(JSON.stringify(fault))), fault);
  }
});

test('an object that cannot be converted to text is a problem in every place, and nothing worse', (t) => {
  for (const odd of [{ toString: 1.5 }, Object.create(null), { valueOf: null, toString: null }]) {
    for (const { name, attributes } of FAULT_TYPES) {
      const fault = { type: name, attributes: requiredAttributes(attributes) };
      const changed: object[] = [
        ...FAULT_KEYS.map((key) => ({ ...fault, [key]: odd })),
        ...Object.keys(attributes).map((key) => ({ ...fault, attributes: { ...fault.attributes, [key]: odd } })),
        ...Object.keys(CONDITIONS).flatMap((key) => [
          { ...fault, when: { [key]: odd } },
          { ...fault, attributes: { ...fault.attributes, [key]: odd } },
        ]),
      ];
      for (const input of changed) {
        try {
          parse(input);
        } catch (error) {
          t.true(error instanceof ConfigError, `${JSON.stringify(input)}: ${error}`);
        }
      }
    }
  }
});

test('durations and sizes can be text with a unit, or numbers in the unit of the attribute', (t) => {
  const of = (type: string, attributes: object) => parse({ type, attributes }).attributes;
  t.deepEqual(of('latency', { latency: '2s', jitter: '50' }), { latency: 2000, jitter: 50 });
  t.deepEqual(of('limit_data', { bytes: '64KiB' }), { bytes: 65_536 });
  t.deepEqual(of('slicer', { delay: '2ms', average_size: 100 }), { average_size: 100, size_variation: 0, delay: 2000 });
});

for (const [what, input, ...expected] of [
  ['input that is not a map', 7, 'a fault must be a map, not 7'],
  [
    'a misspelled type',
    { type: 'latancy' },
    /^type must be one of latency, .*, not "latancy" \(did you mean "latency"\?\)$/,
  ],
  ['a missing type', {}, /^type must be one of latency, .*, not undefined$/],
  ['an unknown key', { type: 'noop', toxcity: 1 }, 'a fault has an unknown key "toxcity" (did you mean "toxicity"?)'],
  [
    'an unknown attribute',
    { type: 'amqp_close', attributes: { cod: 320 } },
    'attributes has an unknown key "cod" (did you mean "code"?)',
  ],
  [
    'an unknown condition',
    { type: 'noop', when: { usr: 'a' } },
    'when has an unknown key "usr" (did you mean "user"?)',
  ],
  ['an unknown stream', { type: 'noop', stream: 'up' }, 'stream must be one of upstream, downstream, not "up"'],
  ['a toxicity above 1', { type: 'noop', toxicity: 7 }, 'toxicity must be a number from 0 to 1, not 7'],
  ['times of 0', { type: 'noop', times: 0 }, 'times must be a whole number of at least 1, not 0'],
  [
    'a fraction',
    { type: 'latency', attributes: { latency: 0.5 } },
    'attributes.latency must be a whole number of ms, or a duration with a unit, such as 2s, not 0.5',
  ],
  [
    'a negative duration',
    { type: 'latency', attributes: { latency: -5 } },
    'attributes.latency must be at least 0, not -5',
  ],
  [
    'a duration above the limit',
    { type: 'latency', attributes: { latency: '25h' } },
    'attributes.latency must be at most 24h, not "25h"',
  ],
  [
    'an unknown code',
    { type: 'amqp_close', attributes: { code: 200 } },
    'attributes.code must be one of 311, 312, 313, 320, 402, 403, 404, 405, 406, 501, 502, 503, 504, 505, 506, 530, 540, 541, not 200',
  ],
  [
    'text longer than a short string',
    { type: 'amqp_close', attributes: { text: 'ä'.repeat(128) } },
    /^attributes\.text must be text of at most 255 bytes, not "/,
  ],
  [
    'a farewell that is too long',
    { type: 'amqp_refuse', attributes: { farewell: '00'.repeat(65) } },
    /^attributes\.farewell must be 0 to 64 bytes in hex digits, not "/,
  ],
  [
    'an octet after the header',
    { type: 'amqp_stall', attributes: { at: 'header', octets: 9 } },
    'attributes.octets must be a whole number from 0 to 8, not 9',
  ],
  [
    'a number too large for the field',
    { type: 'amqp_corrupt', attributes: { value: 256 } },
    'attributes.value must be at most 255 for frame_end, not 256',
  ],
  [
    'a method that does not exist',
    { type: 'amqp_channel_close', when: { method: 'queue.declared' } },
    'when.method must be a method such as basic.publish, or a pattern such as queue.*, not "queue.declared"',
  ],
  [
    'a condition of messages for a fault that does not act on them',
    { type: 'latency', when: { queue: 'orders' } },
    'when.queue must not be given: latency does not act on messages',
  ],
  [
    'a condition of messages that the type does not have',
    { type: 'amqp_return', when: { queue: 'orders' } },
    'when.queue must not be given: amqp_return accepts only exchange, routing_key of these',
  ],
  [
    'a condition of messages before the connection is open',
    { type: 'amqp_corrupt', attributes: { at: 'tune' }, when: { method: 'basic.deliver' } },
    'when.method is not known until running, and the fault acts at tune',
  ],
  [
    'a part of a content before the connection is open',
    { type: 'amqp_corrupt', attributes: { at: 'open', what: 'body_size' } },
    'attributes.at must be running for body_size, not open',
  ],
  [
    'a body size of more than 64 bits',
    { type: 'amqp_corrupt', attributes: { at: 'running', what: 'body_size', value: '18446744073709551616' } },
    'attributes.value must be a whole number from 0 to 2^64 - 1, as text if it is above 2^53 - 1, not "18446744073709551616"',
  ],
  [
    'a body before the connection is open',
    { type: 'amqp_truncate', attributes: { what: 'body' } },
    'attributes.at must be running for body, not start',
  ],
  [
    'a share above 1',
    { type: 'amqp_nack', attributes: { share: 1.5 } },
    'attributes.share must be a number from 0 to 1, not 1.5',
  ],
  ['amqp_hold without a method', { type: 'amqp_hold' }, 'attributes.method must be given: a method such as basic.ack'],
  [
    'a moment that the type does not have',
    { type: 'amqp_close', attributes: { at: 'accept' } },
    'attributes.at must be one of start, start-ok, tune, tune-ok, open, running, not "accept"',
  ],
  [
    'a condition given twice',
    { type: 'noop', when: { user: 'a' }, attributes: { user: 'b' } },
    'attributes.user must not be given twice',
  ],
  [
    'an invalid source',
    { type: 'noop', when: { source: '10.0.0.0/33' } },
    'when.source must be an address or a CIDR range, such as 10.0.0.0/8 or ::1, not "10.0.0.0/33"',
  ],
  [
    'an invalid range of connections',
    { type: 'noop', attributes: { connection: '3-1' } },
    'attributes.connection must be a number or range such as 3, 1-2, 4- or every 3rd, not "3-1"',
  ],
  [
    'until before after',
    { type: 'noop', when: { after: '2s', until: '1s' } },
    'when.until must be later than after, which is 2000 ms',
  ],
  [
    'a user before it is known',
    { type: 'amqp_stall', attributes: { at: 'start' }, when: { user: 'app' } },
    'when.user is not known until start-ok, and the fault acts at start',
  ],
  [
    'a vhost before it is known',
    { type: 'amqp_close', attributes: { at: 'start-ok', vhost: '/' } },
    'when.vhost is not known until open, and the fault acts at start-ok',
  ],
  [
    'a header before it is complete',
    { type: 'amqp_reset', attributes: { at: 'header', octets: 4 }, when: { header: '0-9-1' } },
    'when.header is not known until the header is complete, and the fault acts at octet 4 of the header',
  ],
  [
    'a product before it is known',
    { type: 'connect_delay', when: { product: 'x' } },
    'when.product is not known until start-ok, and the fault acts at accept',
  ],
  [
    'conditions on connections for a listener fault',
    { type: 'connect_refuse', when: { source: '::1', after: 1 }, times: 1, toxicity: 0.5 },
    'when.source must not be given: connect_refuse acts on the listener and accepts only after, until, every and for',
    'times must not be given: connect_refuse acts on the listener and accepts only after, until, every and for',
    'toxicity must be 1: connect_refuse acts on the listener and accepts only after, until, every and for',
  ],
  [
    'a header in a TLS handshake',
    { type: 'tls_reset', attributes: { at: 'secured' }, when: { header: '0-9-1' } },
    'when.header is not known until the header is complete, and the fault acts at secured',
  ],
  [
    'a CA certificate without its key',
    { type: 'tls_certificate', attributes: { ca_cert: 'ca.pem' } },
    'attributes.ca_cert must be given together with ca_key',
  ],
  [
    'the key of a CA without its certificate',
    { type: 'tls_certificate', attributes: { problem: 'other_host', ca_key: 'ca-key.pem' } },
    'attributes.ca_key must be given together with ca_cert',
  ],
  [
    'a CA for a certificate of an unknown one',
    { type: 'tls_certificate', attributes: { problem: 'unknown_ca', ca_cert: 'ca.pem', ca_key: 'ca-key.pem' } },
    'attributes.ca_cert must not be given with problem unknown_ca',
  ],
  [
    'an alert that is not fatal',
    { type: 'tls_alert', attributes: { alert: 'close_notify' } },
    /^attributes\.alert must be one of unexpected_message, .*, not "close_notify"$/,
  ],
] as const) {
  test(`${what} is rejected, with key, rule and value`, (t) => {
    const found = problems(input);
    t.is(found.length, expected.length, found.join('\n'));
    for (const [at, rule] of expected.entries()) {
      if (typeof rule === 'string') t.is(found[at], rule);
      else t.regex(found[at] ?? '', rule);
    }
  });
}

test('a fault without a proxy is rejected', (t) => {
  t.throws(() => parseFault({ type: 'noop' }), { message: 'proxy must be given' });
});

test('conditions and times are accepted among the attributes', (t) => {
  t.like(
    parse({ type: 'amqp_stall', attributes: { at: 'tune', user: 'app*', times: '2', after: '1s', connection: 3 } }),
    {
      when: { user: 'app*', after: 1000, connection: '3' },
      times: 2,
    },
  );
});

test('conditions that are known when the fault acts are accepted', (t) => {
  for (const [type, attributes, when] of [
    ['amqp_stall', { at: 'tune' }, { user: 'app', product: 'x', header: '0-9-1', source: '10.0.0.0/8' }],
    ['amqp_reset', { at: 'header' }, { header: '1.0' }],
    ['amqp_mute_heartbeats', {}, { vhost: '/' }],
    ['latency', {}, { vhost: '/' }],
    ['connect_refuse', {}, { after: 0, until: '1s' }],
    ['tls_stall', {}, { source: '10.0.0.0/8', connection: '1-2', after: 0, until: '1s' }],
  ] as const) {
    t.deepEqual(problems({ type, attributes, when }), []);
  }
});

test('a toxic is read as Toxiproxy reads it', (t) => {
  const toxic = { type: 'latency', toxicity: 7, attributes: { latency: -5, jitter: null, unknown: true } };
  t.like(parseFault(toxic, { proxy: 'amqp', asToxiproxy: true }), {
    toxicity: 7,
    attributes: { latency: -5, jitter: 0 },
  });
  t.throws(() => parseFault({ ...toxic, attributes: { latency: 100.5 } }, { proxy: 'amqp', asToxiproxy: true }));
  t.throws(() => parseFault({ type: 'amqp_close', attributes: { delay: -1 } }, { proxy: 'amqp', asToxiproxy: true }));
});

test('a change replaces the keys it has and keeps the rest', (t) => {
  const fault = parse({ type: 'latency', attributes: { latency: 100, jitter: 10 }, when: { user: 'a' }, times: 3 });
  t.deepEqual(changeFault(fault, { attributes: { latency: 200 } }), {
    ...fault,
    attributes: { latency: 200, jitter: 10 },
  });
  t.deepEqual(changeFault(fault, { toxicity: 0.5 }), { ...fault, toxicity: 0.5 });
  t.deepEqual(changeFault(fault, { when: { user: null, vhost: '/' } }).when, { vhost: '/' });
  t.deepEqual(changeFault(fault, { attributes: { user: 'b', times: 1 } }), { ...fault, when: { user: 'b' }, times: 1 });
  t.throws(() => changeFault(fault, { name: 'other' }), {
    message: 'name cannot be changed from "latency_downstream" to "other"',
  });
  t.throws(() => changeFault(fault, []), { message: 'a change must be a map, not a list' });
});

test('parsing any value succeeds or throws a ConfigError', (t) => {
  const names = FAULT_TYPES.map(({ name }) => name);
  const keys = FAULT_TYPES.flatMap(({ attributes }) => Object.keys(attributes));
  const value = fc.oneof(
    fc.anything(),
    fc.integer(),
    fc.double(),
    fc.string(),
    fc.constantFrom('2s', '64KiB', 'start', 'rst', 'middle', '{"a":{}}', '10.0.0.0/8', 'every 3rd', '0-9-1'),
  );
  const input = fc.record(
    {
      type: fc.oneof(fc.constantFrom(...names), value),
      name: value,
      proxy: value,
      stream: fc.oneof(fc.constantFrom('upstream', 'downstream'), value),
      toxicity: value,
      attributes: fc.oneof(fc.dictionary(fc.oneof(fc.constantFrom(...keys, ...FLAT_KEYS), fc.string()), value), value),
      when: fc.oneof(fc.dictionary(fc.constantFrom(...FLAT_KEYS), value), value),
      times: value,
    },
    { requiredKeys: [] },
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(input, fc.boolean(), (input, asToxiproxy) => {
        try {
          const fault = parseFault(input, { proxy: 'amqp', asToxiproxy });
          const again = parseFault(JSON.parse(JSON.stringify(fault)), { asToxiproxy });
          t.deepEqual(JSON.parse(JSON.stringify(again)), JSON.parse(JSON.stringify(fault)));
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error;
        }
      }),
      { numRuns: 500 },
    ),
  );
});

test('every attribute has a description, a syntax, and a default or a description of it', (t) => {
  for (const { name, attributes } of FAULT_TYPES) {
    for (const [key, schema] of Object.entries(attributes)) {
      const { description, syntax, default: standard, defaultIs } = notesOf(schema);
      t.regex(description, /^[A-Z0-9].*\.$/, `${name}.${key}`);
      t.true(syntax.length > 0);
      t.is(standard === null, defaultIs !== undefined, `${name}.${key}`);
    }
  }
});

test('the TypeScript types have each attribute of each fault type', (t) => {
  const good: readonly FaultInput[] = [
    { type: 'amqp_close', attributes: { at: 'open', code: 320, user: 'app', times: 1 }, times: null },
    { type: 'latency', attributes: { latency: '2s', jitter: 5 }, when: { connection: 3, after: '1s' } },
    { type: 'amqp_start', attributes: { server_properties: { version: '9.9', capabilities: { a: true } } } },
    { type: 'amqp_hold', attributes: { method: 'basic.ack' }, stream: 'upstream' },
  ];
  t.is(good.filter((input) => problems({ ...input, times: undefined }).length === 0).length, good.length);
  const bad: readonly FaultInput[] = [
    // @ts-expect-error: unknown moment
    { type: 'amqp_close', attributes: { at: 'later' } },
    // @ts-expect-error: an attribute of another type
    { type: 'latency', attributes: { code: 320 } },
    // @ts-expect-error: unknown type
    { type: 'latancy' },
    // @ts-expect-error: unknown condition
    { type: 'noop', when: { usr: 'app' } },
  ];
  for (const input of bad) t.not(problems(input).length, 0);
});
