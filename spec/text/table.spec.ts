import test from 'ava';
import { tableLines } from '../../lib/text/table.js';

test('columns are as wide as their widest cell, and lines have no blanks at the end', (t) => {
  t.deepEqual(
    tableLines([
      ['id', 'user', 'stage'],
      ['1', '日本', 'running'],
      ['12345', 'e\u0301', ''],
    ]),
    ['id     user  stage', '1      日本  running', '12345  e\u0301'],
  );
});

test('columns of numbers are aligned right', (t) => {
  t.deepEqual(
    tableLines(
      [
        ['count', 'source'],
        ['1,234', 'a'],
        ['7', 'b'],
      ],
      [0],
    ),
    ['count  source', '1,234  a', '    7  b'],
  );
});

test('control characters in cells are replaced', (t) => t.deepEqual(tableLines([['a\u001b[2J\nb']]), ['a.[2J.b']));
