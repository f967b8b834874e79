import test from 'ava';
import { bodyOf } from '../../../lib/dashboard/faults/draft.js';
import { fieldsOf } from '../../../lib/dashboard/faults/fault-model.js';
import { errorsOf } from '../../../lib/dashboard/faults/field-errors.js';
import { parseFault } from '../../../lib/faults/parse-fault.js';
import { model, modelOf } from './model.js';

test('each line of an error is shown at the field that it names', (t) => {
  const paths = ['attributes.at', 'attributes.a', 'when.user', 'toxicity', 'name', 'proxy'];
  t.deepEqual(errorsOf('attributes.at must be early\nwhen.user must be text\nsomething else', paths), {
    fields: { 'attributes.at': 'at must be early', 'when.user': 'user must be text' },
    others: ['something else'],
  });
  t.deepEqual(errorsOf('fault "amqp/x" already exists', paths).fields, { name: 'fault "amqp/x" already exists' });
  t.deepEqual(errorsOf('proxy "b" of fault "x" not found', paths).fields, {
    proxy: 'proxy "b" of fault "x" not found',
  });
  t.deepEqual(errorsOf('fault "amqp/x" already exists', []).others, ['fault "amqp/x" already exists']);
});

for (const type of model.types) {
  test(`a wrong value in any field of ${type.name} is reported at this field`, (t) => {
    const paths = fieldsOf(type).map(({ path }) => path);
    for (const field of fieldsOf(type)) {
      const wrong = { number: 'x'.repeat(300), choice: 'x', boolean: 'x', map: '[', text: 'x'.repeat(2000) }[
        field.kind
      ];
      const error = t.throws(() => parseFault(bodyOf(type, { [field.path]: wrong }, 'amqp')));
      t.true(field.path in errorsOf(error.message, paths).fields, `${field.path}: ${error.message}`);
      t.deepEqual(errorsOf(error.message, paths).others, []);
    }
  });
}

test('a required field that is empty is reported at this field', (t) => {
  const type = modelOf('amqp_hold');
  const { message } = t.throws(() => parseFault(bodyOf(type, {}, 'amqp')));
  t.deepEqual(
    Object.keys(
      errorsOf(
        message,
        fieldsOf(type).map(({ path }) => path),
      ).fields,
    ),
    ['attributes.method'],
  );
});
