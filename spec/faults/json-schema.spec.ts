import { Ajv2020 } from 'ajv/dist/2020.js';
import test from 'ava';
import fc from 'fast-check';
import { notesOf, takesRamp } from '../../lib/faults/attribute.js';
import { FAULT_KEYS, flatKeysOf } from '../../lib/faults/fault.js';
import type { FaultType } from '../../lib/faults/fault-type.js';
import { faultDefinitions } from '../../lib/faults/json-schema.js';
import { parseFault } from '../../lib/faults/parse-fault.js';
import { FAULT_TYPES } from '../../lib/faults/registry.js';
import { CONDITIONS, type ConditionName } from '../../lib/faults/when.js';
import { completeWhen } from '../support/complete-when.js';
import { anyFault } from '../support/random-faults/any-fault.js';
import { requiredAttributes } from '../support/required-attributes.js';

type Branch = {
  readonly title: string;
  readonly description: string;
  readonly properties: {
    readonly attributes: { readonly properties: Readonly<Record<string, { description: string }>> };
  };
};

const definitions = faultDefinitions();
const { oneOf: branches } = definitions.fault as { readonly oneOf: readonly Branch[] };
const validate = new Ajv2020({ strict: false }).compile({ $ref: '#/$defs/fault', $defs: definitions });
const types: readonly FaultType[] = FAULT_TYPES;

for (const [nth, type] of types.entries()) {
  const { name, description, attributes } = type;
  const flat: readonly string[] = flatKeysOf(type);
  const given = requiredAttributes(attributes);
  const allowed = (attributes: object, keys: object = {}) => validate({ type: name, ...keys, attributes });

  test(`${name} has its description and the descriptions of its attributes`, (t) => {
    const branch = branches[nth];
    t.is(branch?.title, name);
    t.is(branch?.description, description);
    const own = branch?.properties.attributes.properties ?? {};
    t.deepEqual(Object.keys(own), Object.keys(attributes));
    for (const [key, schema] of Object.entries(attributes)) t.is(own[key]?.description, notesOf(schema).description);
  });

  test(`${name} is accepted as shown, with only its type, and with null in place of any value`, (t) => {
    t.true(validate(parseFault({ type: name, attributes: given }, { proxy: 'amqp' })));
    t.true(validate({ type: name }));
    const allNull = (keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, null]));
    t.true(validate({ ...allNull(FAULT_KEYS), type: name }));
    t.true(allowed(allNull([...Object.keys(attributes), ...flat])));
  });

  test(`${name} accepts conditions and times among its attributes, and rejects them elsewhere`, (t) => {
    for (const key of flat) {
      t.true(allowed({ [key]: 1 }), key);
      t.true(allowed({ [key]: '1' }), key);
      t.false(allowed({ [key]: {} }), key);
      t.false(allowed({ [`${key}s`]: 1 }), key);
      t.is(validate({ type: name, [key]: 1 }), key === 'times', key);
      t.is(validate({ type: name, when: { [key]: 1 } }), key !== 'times', key);
    }
    t.false(allowed({ times: 0 }));
  });

  test(`${name} rejects unknown keys, and attributes of another type`, (t) => {
    t.false(validate({ type: name, unknown: 1 }));
    t.false(validate({ type: name, when: { unknown: 1 } }));
    const others = types
      .flatMap((type) => Object.keys(type.attributes))
      .filter((key) => !(key in attributes || flat.includes(key)));
    for (const key of ['unknown', ...others]) t.false(allowed({ [key]: null }), key);
  });

  for (const [key, schema] of Object.entries(attributes)) {
    test(`${name}.${key} accepts its default and rejects values that are out of range or of another type`, (t) => {
      const { default: standard, enum: words, minimum, maximum, type, syntax } = notesOf(schema);
      t.true(allowed({ [key]: standard }));
      for (const word of Array.isArray(words) ? words : []) t.true(allowed({ [key]: word }));
      if (Array.isArray(words)) t.false(allowed({ [key]: 'no such word' }));
      if (typeof minimum === 'number') t.false(allowed({ [key]: minimum - 1 }));
      if (typeof maximum === 'number') t.false(allowed({ [key]: maximum + 1 }));
      if (syntax === 'DURATION' || syntax === 'SIZE') {
        for (const value of [0, 5, '5', '2s', null]) t.true(allowed({ [key]: value }));
        for (const value of [-1, 0.5, true, {}]) t.false(allowed({ [key]: value }));
      }
      t.false(allowed({ [key]: [] }));
      if (type !== 'object') t.false(allowed({ [key]: {} }));
      for (const ramp of [{ from: 0, to: '2', over: 5 }, '0..2/5s'])
        if (takesRamp(schema)) t.true(allowed({ [key]: ramp }), key);
      if (takesRamp(schema)) t.false(allowed({ [key]: { from: 0, to: 2, over: 5, then: 1 } }), key);
    });
  }
}

test('the examples are valid, and show different types', (t) => {
  const { examples } = definitions.fault as { readonly examples: readonly { readonly type: string }[] };
  for (const example of examples) {
    t.true(validate(example), JSON.stringify(example));
    t.notThrows(() => parseFault(example, { proxy: 'amqp' }));
  }
  t.is(new Set(examples.map(({ type }) => type)).size, examples.length);
});

test('the examples of a condition are accepted', (t) => {
  for (const [key, { examples }] of Object.entries(CONDITIONS)) {
    for (const example of examples) {
      t.notThrows(
        () =>
          parseFault(
            { type: 'amqp_channel_close', when: completeWhen(key as ConditionName, example) },
            { proxy: 'amqp' },
          ),
        `${key}=${example}`,
      );
    }
  }
});

test('a missing or unknown type is rejected', (t) => {
  t.false(validate({ type: 'no_such_type' }));
  t.false(validate({}));
  t.false(validate(null));
  t.false(validate([]));
});

for (const [key, good, bad] of [
  ['name', ['slow', null], [7, {}]],
  ['proxy', ['amqp', null], [7, {}]],
  ['stream', ['upstream', 'downstream', null], ['up', 7]],
  ['toxicity', [0, 0.5, 1, '0.5', null], [-0.1, 1.1, true]],
  ['times', [1, '2', null], [0, 1.5, true]],
  ['when', [{}, { user: 'app' }, null], [[], 'user', 7]],
  ['attributes', [{}, null], [[], 'latency', 7]],
] as const) {
  test(`${key} accepts and rejects the same values for every type`, (t) => {
    for (const { name } of types) {
      for (const value of good) t.true(validate({ type: name, [key]: value }), `${name}: ${JSON.stringify(value)}`);
      for (const value of bad) t.false(validate({ type: name, [key]: value }), `${name}: ${JSON.stringify(value)}`);
    }
  });
}

test('the schema accepts every fault that the program accepts', (t) => {
  const isAccepted = (fault: unknown): boolean => {
    try {
      parseFault(fault, { proxy: 'amqp' });
      return true;
    } catch {
      return false;
    }
  };
  fc.assert(fc.property(anyFault.filter(isAccepted), (fault) => t.true(validate(fault))));
});

test('keys that all types share are defined once, so a type adds only its own lines', (t) => {
  const text = JSON.stringify(definitions);
  for (const { description } of Object.values(CONDITIONS)) t.is(text.split(JSON.stringify(description)).length, 2);
  for (const branch of branches) {
    t.deepEqual(Object.keys(branch), ['title', 'description', 'kind', 'shared', 'properties']);
    t.deepEqual(Object.keys(branch.properties), ['type', 'attributes']);
  }
});
