import test from 'ava';
import fc from 'fast-check';
import { columnsOf, cut, inColumns, wrap } from '../../lib/text/columns.js';

/** Texts, and the columns that a terminal uses for them. */
const WIDTHS = [
  ['', 0],
  ['bad_header', 10],
  ['e\u0301', 1],
  ['日本', 4],
  ['Ａ', 2],
  ['\u{1f430}', 2],
  ['\u{1f469}\u200d\u{1f469}\u200d\u{1f467}', 2],
  ['a\u200bb', 2],
  ['\u001b[31merror\u001b[39m', 5],
] as const;

for (const [text, columns] of WIDTHS) {
  test(`${JSON.stringify(text)} takes ${columns} columns`, (t) => t.is(columnsOf(text), columns));
}

test('text that is too long is cut, and ends with an ellipsis', (t) => {
  t.is(cut('bad_header', 10), 'bad_header');
  t.is(cut('bad_header', 5), 'bad_…');
  t.is(cut('日本語', 5), '日本…');
  t.is(cut('日本語', 4), '日…');
  t.is(cut('e\u0301e\u0301e\u0301', 2), 'e\u0301…');
  t.is(cut('bad', 1), '…');
  t.is(cut('bad', 0), '');
});

test('a cell has exactly the columns that it is given, also with wide and combining characters', (t) => {
  t.is(inColumns('日本', 6), '日本  ');
  t.is(inColumns('e\u0301', 3), 'e\u0301  ');
  t.is(inColumns('7', 3, 'right'), '  7');
  t.is(inColumns('日本語', 4), '日… ');
  const property = fc.property(fc.string({ unit: 'grapheme' }), fc.nat(30), (text, width) =>
    t.is(columnsOf(inColumns(text.replaceAll(/\p{Cc}/gu, '.'), width)), width),
  );
  t.notThrows(() => fc.assert(property));
});

test('text is broken at blanks, and longer words elsewhere', (t) => {
  t.deepEqual(wrap('The client sent nothing.', 10), ['The client', 'sent', 'nothing.']);
  t.deepEqual(wrap('a bad_header b', 5), ['a', 'bad_h', 'eader', 'b']);
  t.deepEqual(wrap('日本語', 4), ['日本', '語']);
  t.deepEqual(wrap('日', 1), ['日']);
  t.deepEqual(wrap('', 5), ['']);
});

const graphemes = new Intl.Segmenter('en');

test('no character is lost when text is wrapped', (t) => {
  const property = fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 30 }), (given, width) => {
    const text = given.replaceAll(/\p{Cc}/gu, '.');
    const lines = wrap(text, width);
    t.is(lines.join('').replaceAll(' ', ''), text.replaceAll(' ', ''));
    // A single character can be wider than the line.
    t.true(lines.every((line) => columnsOf(line) <= width || [...graphemes.segment(line)].length === 1));
  });
  t.notThrows(() => fc.assert(property));
});
