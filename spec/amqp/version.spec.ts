import test from 'ava';
import fc from 'fast-check';
import { isSince, parseVersion, type Version } from '../../lib/amqp/version.js';

const { POSITIVE_INFINITY } = Number;

for (const [text, version] of [
  ['3.6', [3, 6, POSITIVE_INFINITY]],
  ['3.10.8', [3, 10, 8]],
  ['4.1.0-rc.1', [4, 1, 0]],
  ['3.8.9+1.g5d3a4b1', [3, 8, 9]],
  ['3.13.7~beta', [3, 13, 7]],
  ['3.6.12.rc1', [3, 6, 12]],
  ['3.8.9.1', [3, 8, 9]],
] as const) {
  test(`${text} is a version`, (t) => t.deepEqual(parseVersion(text), version));
}

for (const text of [
  '',
  '3',
  'v3.10',
  '3.',
  '3.1o.8',
  '3.10.8x',
  ' 3.10',
  '3.10 ',
  '3.10\nx',
  '3.1000000',
  '3.10.8-\n',
  `3.10.8-${'x'.repeat(65)}`,
]) {
  test(`${JSON.stringify(text)} is not a version`, (t) => t.is(parseVersion(text), undefined));
}

test('a version is compared number by number', (t) => {
  const ascending: readonly Version[] = [
    [3, 6, 0],
    [3, 6, 10],
    [3, 6, POSITIVE_INFINITY],
    [3, 10, 0],
    [3, 10, 8],
    [4, 0, 0],
  ];
  const anyAt = fc.nat(ascending.length - 1);
  fc.assert(
    fc.property(anyAt, anyAt, (a, b) => t.is(isSince(ascending[a] as Version, ascending[b] as Version), a >= b)),
  );
});
