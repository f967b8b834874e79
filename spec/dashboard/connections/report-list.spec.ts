import test from 'ava';
import { MOST_FOLLOWED, MOST_LISTED, ReportList } from '../../../lib/dashboard/connections/report-list.js';
import type { Report } from '../../../lib/report/report.js';
import { reportWith } from '../../support/report.js';

const SAMPLE = reportWith();
const report = (nth: number): Report => ({ ...SAMPLE, id: `a-${nth}` });
/** Reports from `from` to `to`, oldest first. */
const reports = (from: number, to: number): Report[] =>
  Array.from({ length: to - from + 1 }, (_, nth) => report(from + nth));
const numbers = ({ rows }: ReportList): number[] => rows.map(({ id }) => Number(id.slice(2)));
const everything = (): ReportList => new ReportList(() => true);

test('new reports are added at the top, once', (t) => {
  const list = everything();
  list.follow([]);
  list.follow(reports(1, 3));
  list.follow(reports(1, 3));
  list.follow(reports(2, 5));
  t.deepEqual(numbers(list), [5, 4, 3, 2, 1]);
});

test('only reports that match are listed', (t) => {
  const list = new ReportList(({ id }) => Number(id.slice(2)) % 2 === 0);
  list.follow(reports(1, 5));
  t.deepEqual(numbers(list), [4, 2]);
});

test('a list that is held stays as it is and counts what arrives', (t) => {
  const list = everything();
  list.follow(reports(1, 2));
  list.hold(true);
  const { rows } = list;
  list.follow(reports(1, 5));
  t.is(list.rows, rows);
  t.is(list.arrived, 3);
  list.showArrived();
  t.deepEqual(numbers(list), [5, 4, 3, 2, 1]);
  t.is(list.arrived, 0);
  list.follow(reports(1, 6));
  t.is(list.arrived, 1);
  list.hold(false);
  t.deepEqual(numbers(list), [6, 5, 4, 3, 2, 1]);
});

test('a list that follows is bounded', (t) => {
  const list = everything();
  for (let nth = 0; nth < 30; nth++) list.follow(reports(1 + nth * 100, 1000 + nth * 100));
  t.is(list.rows.length, MOST_FOLLOWED);
  t.is(list.rows[0]?.id, 'a-3900');
});

test('the count of what arrives while the list is held stays right beyond what is kept, and then there is no gap', (t) => {
  const list = everything();
  list.follow(reports(1, 10));
  list.hold(true);
  for (let nth = 0; nth < 5; nth++) list.follow(reports(11 + nth * 1000, 1010 + nth * 1000));
  t.is(list.arrived, 5000);
  list.hold(false);
  t.is(list.rows.length, MOST_FOLLOWED);
  t.deepEqual(numbers(list).at(-1), 5010 - MOST_FOLLOWED + 1);
  t.true(list.hasDropped);
});

test('rows are dropped if reports are missing after them', (t) => {
  const list = everything();
  list.follow(reports(1, 10));
  list.follow(reports(20, 22));
  t.deepEqual(numbers(list), [22, 21, 20]);
  t.true(list.hasDropped);
  list.addOlder(reports(11, 22).reverse());
  t.deepEqual(numbers(list), [22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11]);
  t.false(list.hasDropped);
});

test('older reports are added at the end, without those that are listed', (t) => {
  const list = everything();
  list.follow(reports(5, 6));
  list.addOlder(reports(1, 6).reverse());
  t.deepEqual(numbers(list), [6, 5, 4, 3, 2, 1]);
});

test('a report that the server returned before it arrived is listed once', (t) => {
  const list = everything();
  list.addOlder(reports(1, 3).reverse());
  list.follow(reports(2, 4));
  t.deepEqual(numbers(list), [4, 3, 2, 1]);
});

test('a list with older reports is bounded too, and keeps them while it follows', (t) => {
  const list = everything();
  list.addOlder(reports(1, 5000).reverse());
  list.follow(reports(4990, 5001));
  t.is(list.rows.length, 5000);
  list.addOlder(reports(-20_000, 5001).reverse());
  t.is(list.rows.length, MOST_LISTED);
});
