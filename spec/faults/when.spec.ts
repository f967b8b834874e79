import test from 'ava';
import fc from 'fast-check';
import { matchesGlob } from '../../lib/faults/glob.js';
import { isInRange } from '../../lib/faults/source-range.js';
import { includes, parseConnections } from '../../lib/faults/when.js';

const chosen = (text: string): readonly number[] => {
  const connections = parseConnections(text);
  return connections === undefined ? [-1] : [0, 1, 2, 3, 4, 5, 6, 7].filter((number) => includes(connections, number));
};

for (const [text, numbers] of [
  ['3', [3]],
  ['1-2', [1, 2]],
  ['4-', [4, 5, 6, 7]],
  ['every 3rd', [3, 6]],
  ['every 1st', [1, 2, 3, 4, 5, 6, 7]],
] as const) {
  test(`connection ${text} selects ${numbers.join(', ')} of the first seven`, (t) =>
    t.deepEqual(chosen(text), numbers));
}

test('invalid text is not parsed as connections', (t) => {
  for (const text of ['', '0', '-1', '2-1', '1-2-3', 'every', 'every 0th', '1,2', 'every 3', ' 3']) {
    t.is(parseConnections(text), undefined, text);
  }
});

for (const [address, range, isIn] of [
  ['10.1.2.3', '10.0.0.0/8', true],
  ['11.1.2.3', '10.0.0.0/8', false],
  ['10.1.2.3', '10.1.2.3', true],
  ['::ffff:10.1.2.3', '10.0.0.0/8', true],
  ['::1', '::1/128', true],
  ['fe80::1', 'fe80::/10', true],
  ['::1', '127.0.0.0/8', false],
  ['127.0.0.1', '::1', false],
  ['localhost', '0.0.0.0/0', false],
] as const) {
  test(`${address} is ${isIn ? '' : 'not '}in ${range}`, (t) => t.is(isInRange(address, range), isIn));
}

for (const [text, pattern, matches] of [
  ['app-1', 'app-*', true],
  ['app', 'app-*', false],
  ['app', '*', true],
  ['', '*', true],
  ['app', 'a?p', true],
  ['app', 'App', false],
  ['a.p', 'a.p', true],
  ['axp', 'a.p', false],
  ['aXbXc', 'a*b*c', true],
  ['ab', 'a*b*c', false],
] as const) {
  test(`${JSON.stringify(text)} ${matches ? 'matches' : 'does not match'} ${pattern}`, (t) => {
    t.is(matchesGlob(text, pattern), matches);
  });
}

test('a pattern with many stars is matched quickly', (t) => {
  t.false(matchesGlob('a'.repeat(255), `${'*a'.repeat(127)}b`));
});

test('a glob matches the same text as the equivalent regular expression', (t) => {
  const letters = fc.constantFrom('a', 'b', '.');
  const text = fc.array(letters, { maxLength: 8 }).map((all) => all.join(''));
  const pattern = fc.array(fc.constantFrom('a', 'b', '.', '*', '?'), { maxLength: 6 }).map((all) => all.join(''));
  fc.assert(
    fc.property(text, pattern, (text, pattern) => {
      const source = pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
      t.is(matchesGlob(text, pattern), new RegExp(`^${source}$`).test(text));
    }),
  );
});
