import test from 'ava';
import { keys, namesBelow } from '../../lib/config/keys.js';

test('every key has a description, a syntax and a default that its kind accepts', (t) => {
  for (const { path, schema, notes, syntax } of keys) {
    t.true(notes.description.endsWith('.'), path.join('.'));
    t.not(syntax, '', path.join('.'));
    const written = notes.default === null ? null : String(notes.default);
    t.deepEqual(schema.parse(written), schema.parse(undefined), path.join('.'));
  }
});

test('no two keys share a flag', (t) => {
  const flags = keys.flatMap(({ notes }) => notes.flag ?? []);
  t.is(new Set(flags).size, flags.length);
});

test('the names below a path are the names of its keys', (t) => {
  t.deepEqual(namesBelow(['log']), ['format', 'level']);
  t.deepEqual(namesBelow(['control']), ['listen', 'token', 'tokenFile', 'allowedHosts']);
  t.true(namesBelow([]).includes('proxies'));
  t.true(namesBelow([]).includes('handshakeTimeout'));
  t.true(namesBelow(['proxies', 3]).includes('name'));
  t.false(namesBelow(['proxies', 3]).includes('log'));
});
