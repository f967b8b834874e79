import test from 'ava';
import { faultModelOf, fieldsOf, matching } from '../../../lib/dashboard/faults/fault-model.js';
import { notesOf } from '../../../lib/faults/attribute.js';
import type { FaultType } from '../../../lib/faults/fault-type.js';
import { FAULT_TYPES } from '../../../lib/faults/registry.js';
import { fieldAt, model, modelOf } from './model.js';

const types: readonly FaultType[] = FAULT_TYPES;

for (const { name, description, attributes } of types) {
  test(`the form has all attributes of ${name}, with their descriptions, units, defaults and choices`, (t) => {
    const form = modelOf(name);
    t.is(form.description, description);
    t.deepEqual(
      form.attributes.map(({ key }) => key),
      Object.keys(attributes),
    );
    for (const field of form.attributes) {
      const notes = notesOf(attributes[field.key] as never);
      t.is(field.description, notes.description, field.key);
      t.is(field.unit, notes.unit ?? null, field.key);
      t.is(field.isRequired, notes.defaultIs === 'required', field.key);
      t.is(field.standard, notes.default === null ? '' : String(notes.default), field.key);
      if (!field.isRequired) t.is(field.standardIs, notes.defaultIs ?? '', field.key);
      t.deepEqual(field.options, (notes['enum'] as never) ?? [], field.key);
    }
  });
}

test('types are in groups, in the order of the docs', (t) => {
  t.deepEqual(
    model.types.map(({ name }) => name),
    FAULT_TYPES.map(({ name }) => name),
  );
  t.true(new Set(model.types.map(({ kind }) => kind)).size > 1);
  t.true(model.types.every(({ kind }) => kind !== ''));
});

test('only fields that make a difference are shown', (t) => {
  const paths = (name: string) => modelOf(name).shared.map(({ path }) => path);
  t.true(paths('latency').includes('stream'));
  t.false(paths('amqp_close').includes('stream'));
  t.deepEqual(paths('connect_refuse'), ['name', 'when.after', 'when.until', 'when.every', 'when.for']);
  t.false(paths('connect_delay').includes('when.user'));
});

test('a field has the kind of its value', (t) => {
  t.is(fieldAt('amqp_close', 'attributes.code').kind, 'choice');
  t.is(fieldAt('amqp_tune', 'attributes.clamp').kind, 'boolean');
  t.is(fieldAt('latency', 'attributes.latency').kind, 'number');
  t.is(fieldAt('amqp_start', 'attributes.server_properties').kind, 'map');
  t.is(fieldAt('amqp_close', 'attributes.text').kind, 'text');
  t.is(fieldAt('latency', 'when.connection').kind, 'text');
  t.is(fieldAt('latency', 'when.after').kind, 'number');
  t.is(fieldAt('latency', 'times').kind, 'number');
});

test('a duration says how it is written, and a condition from when it is known', (t) => {
  t.regex(fieldAt('latency', 'attributes.latency').syntax, /2s/);
  t.is(fieldAt('latency', 'times').syntax, '');
  t.regex(fieldAt('latency', 'when.user').description, /Known from start-ok on\.$/);
});

test('a type that the page has never seen becomes a form', (t) => {
  const [type] = faultModelOf({
    components: {
      schemas: {
        FaultInput: {
          properties: { toxicity: { type: 'number', minimum: 0 } },
          oneOf: [
            {
              title: 'new_type',
              description: 'Does something new.',
              properties: { attributes: { properties: { level: { enum: ['low', 'high', null], default: 'low' } } } },
            },
          ],
        },
      },
    },
  }).types;
  t.is(type?.name, 'new_type');
  t.like(type?.attributes[0], { key: 'level', kind: 'choice', options: ['low', 'high'], standard: 'low' });
  t.true(fieldsOf(type as never).some(({ path }) => path === 'toxicity'));
});

test('the search finds a type by its name, its description and its attributes', (t) => {
  const found = (words: string) => matching(model.types, words).map(({ name }) => name);
  t.deepEqual(
    found(''),
    model.types.map(({ name }) => name),
  );
  t.deepEqual(found('HEARTBEAT discard'), ['amqp_mute_heartbeats']);
  t.true(found('jitter').includes('latency'));
  t.deepEqual(found('nothing of this kind'), []);
});
