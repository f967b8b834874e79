import test from 'ava';
import { quote } from '../../lib/text/quote.js';

test('text is quoted on one line and cut at 80 characters', (t) => {
  t.is(quote('10 parsecs'), '"10 parsecs"');
  t.is(quote('a\n\u001b[31m'), '"a\\n\\u001b[31m"');
  t.is(quote('x'.repeat(1000)), `"${'x'.repeat(80)}…"`);
});

test('characters that a terminal does not show as they are, are escaped', (t) => {
  t.is(quote('a\u202eb\u2066\u2028\u007f\u009b2J'), '"a\\u202eb\\u2066\\u2028\\u007f\\u009b2J"');
  t.is(quote('é漢🐇'), '"é漢🐇"');
});

test('values other than text are shown by their type', (t) => {
  t.deepEqual([null, false, [1], { a: 1 }].map(quote), ['null', 'false', 'a list', 'a map']);
});
