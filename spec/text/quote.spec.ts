import test from 'ava';
import { quote } from '../../lib/text/quote.js';

test('text is quoted on one line and cut at 80 characters', (t) => {
  t.is(quote('10 parsecs'), '"10 parsecs"');
  t.is(quote('a\n\u001b[31m'), '"a\\n\\u001b[31m"');
  t.is(quote('x'.repeat(1000)), `"${'x'.repeat(80)}…"`);
});

test('values other than text are shown by their type', (t) => {
  t.deepEqual([null, false, [1], { a: 1 }].map(quote), ['null', 'false', 'a list', 'a map']);
});
