import test from 'ava';
import { ReportRing } from '../../lib/dashboard/report-ring.js';
import type { Report } from '../../lib/report/report.js';

const line = (id: number, padding = 0): string => JSON.stringify({ id: String(id), padding: 'x'.repeat(padding) });
const report = (id: number): Report => JSON.parse(line(id)) as Report;
const ids = (ring: ReportRing): number[] => ring.read().map(({ id }) => Number(id));

test('the last reports are kept, oldest first', (t) => {
  const ring = new ReportRing(3, 1_000_000);
  ring.reset([report(1), report(2)]);
  t.deepEqual(ids(ring), [1, 2]);
  ring.add(line(3));
  ring.add(line(4));
  t.deepEqual(ids(ring), [2, 3, 4]);
  ring.add(line(5));
  t.deepEqual(ids(ring), [3, 4, 5]);
});

test('of many reports that come before a read only the last are parsed', (t) => {
  const ring = new ReportRing(10, 1_000_000);
  for (let id = 0; id < 995; id++) ring.add('not JSON');
  for (let id = 0; id < 10; id++) ring.add(line(id));
  t.deepEqual(ids(ring), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('reports are bounded by their length as well, but the last one is always kept', (t) => {
  const ring = new ReportRing(10, 250);
  for (let id = 0; id < 8; id++) ring.add(line(id, 50));
  t.deepEqual(ids(ring), [5, 6, 7]);
  ring.add(line(8, 50));
  t.deepEqual(ids(ring), [6, 7, 8]);
  ring.add(line(9, 1000));
  t.deepEqual(ids(ring), [9]);
  ring.add(line(10));
  t.deepEqual(ids(ring), [10]);
});

test('a reset forgets what came before', (t) => {
  const ring = new ReportRing(3, 1_000_000);
  ring.add(line(1));
  ring.reset([report(2)]);
  t.deepEqual(ids(ring), [2]);
});
