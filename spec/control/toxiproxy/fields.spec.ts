import test from 'ava';
import { Fields } from '../../../lib/control/toxiproxy/fields.js';

test('keys are case-insensitive, null counts as absent, and unknown keys are ignored', (t) => {
  const fields = new Fields({ NAME: 'a', upSTREAM: 'b', enabled: null, Logger: {}, ['__proto__']: 1 });
  t.is(fields.text('name'), 'a');
  t.is(fields.text('upstream'), 'b');
  t.is(fields.boolean('enabled'), undefined);
});

test('null is an object without keys', (t) => {
  t.is(new Fields(null).text('name'), undefined);
});

for (const body of [[], 'x', 1, true]) {
  test(`${JSON.stringify(body)} is not an object`, (t) => {
    t.throws(() => new Fields(body), { message: /^bad request body: must be an object, not / });
  });
}

test('a key of the wrong type is a bad request that names the key', (t) => {
  const fields = new Fields({ name: 1, enabled: 'yes', toxicity: '1', attributes: [] });
  t.throws(() => fields.text('name'), { message: 'bad request body: name must be a string, not 1' });
  t.throws(() => fields.boolean('enabled'), { message: 'bad request body: enabled must be a boolean, not "yes"' });
  t.throws(() => fields.number('toxicity'), { message: 'bad request body: toxicity must be a number, not "1"' });
  t.throws(() => fields.map('attributes'), { message: 'bad request body: attributes must be an object, not a list' });
});
