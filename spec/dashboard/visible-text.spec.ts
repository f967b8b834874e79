import test from 'ava';
import { visibleParts, visibleText } from '../../lib/dashboard/visible-text.js';

for (const [what, text, shown] of [
  ['ordinary text', 'orders-service é 東京 שלום', 'orders-service é 東京 שלום'],
  ['a right-to-left override', 'a\u202egnp', 'a\\u202egnp'],
  ['an isolate and a mark', '\u2066a\u2069\u200f', '\\u2066a\\u2069\\u200f'],
  ['control characters', 'a\u0000\u001b[31m\u007f\u009b\n', 'a\\u0000\\u001b[31m\\u007f\\u009b\\u000a'],
  ['characters without a width', 'a\u200bb\u2060\ufeff', 'a\\u200bb\\u2060\\ufeff'],
  ['line separators', 'a\u2028b\u2029', 'a\\u2028b\\u2029'],
  ['a tag character', 'a\u{e0041}', 'a\\udb40\\udc41'],
  ['half of a surrogate pair', 'a\ud83d!', 'a\\ud83d!'],
] as const) {
  test(`${what} is shown as ${JSON.stringify(shown)}`, (t) => {
    t.is(visibleText(text), shown);
  });
}

test('escapes differ from text that looks like them', (t) => {
  t.deepEqual(visibleParts('\\u202e\u202e'), [
    { text: '\\u202e', isHidden: false },
    { text: '\\u202e', isHidden: true },
  ]);
});

test('long text is cut, but not within a character', (t) => {
  t.is(visibleText('abcdef', 6), 'abcdef');
  t.is(visibleText('abcdefg', 6), 'abcdef…');
  t.is(visibleText('abcde🐇', 6), 'abcde…');
});
