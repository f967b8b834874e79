import test from 'ava';
import { rowAfterKey, visibleRows } from '../../lib/dashboard/visible-rows.js';

test('only the visible rows and a few around them are drawn', (t) => {
  t.deepEqual(visibleRows({ top: 0, height: 500 }, 50, 2000), { from: 0, to: 18 });
  t.deepEqual(visibleRows({ top: 50_000, height: 500 }, 50, 2000), { from: 992, to: 1018 });
  t.deepEqual(visibleRows({ top: 99_500, height: 500 }, 50, 2000), { from: 1982, to: 2000 });
});

test('a list that became short while it was scrolled down still draws its last rows', (t) => {
  t.deepEqual(visibleRows({ top: 50_000, height: 500 }, 50, 3), { from: 3, to: 3 });
  t.deepEqual(visibleRows({ top: 0, height: 500 }, 50, 0), { from: 0, to: 0 });
});

test('keys move by a row, a page, and to both ends, and not beyond', (t) => {
  const after = (key: string, row: number) => rowAfterKey(key, row, 100, 10);
  t.is(after('ArrowDown', 4), 5);
  t.is(after('ArrowUp', 4), 3);
  t.is(after('ArrowUp', 0), 0);
  t.is(after('PageDown', 4), 14);
  t.is(after('PageDown', 95), 99);
  t.is(after('PageUp', 4), 0);
  t.is(after('Home', 40), 0);
  t.is(after('End', 40), 99);
  t.is(after('a', 40), null);
});
