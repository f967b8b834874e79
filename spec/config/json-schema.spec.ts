import test from 'ava';
import { jsonSchema } from '../../lib/config/json-schema.js';

const { properties = {} } = jsonSchema();

test('a key has its default as in a JSON file, its unit and its source', (t) => {
  t.like(properties['handshakeTimeout'], {
    type: 'string',
    default: '10s',
    unit: 'ms',
    source: "RabbitMQ's handshake_timeout",
  });
  t.like(properties['maxConnections'], { type: 'integer', default: 10_000, minimum: 1 });
  t.like(properties['enabled'], { type: 'boolean', default: true });
  t.like(properties['readyFile'], { default: null });
});

test('3.10 as a number and control: off are valid in an editor', (t) => {
  t.like(properties['dialect'], { type: ['string', 'number'] });
  t.like(properties['control'], { anyOf: [{ type: 'object' }, { type: 'string' }] });
  t.like(properties['tls'], { default: null, anyOf: [{ type: 'object' }, { type: 'null' }] });
});

test('no key is required, and unknown keys are not allowed', (t) => {
  // A fault must have a type.
  const text = JSON.stringify({ ...jsonSchema(), $defs: undefined });
  t.false(text.includes('"required"'));
  t.is(jsonSchema().additionalProperties, false);
});
