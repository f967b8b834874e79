import test from 'ava';
import { colorOf } from '../../../lib/dashboard/now/reason-colors.js';
import { edges, stacked, sum } from '../../../lib/dashboard/now/stacked.js';
import { REASON_DOCS } from '../../../lib/report/reason-docs.js';

/** A timeline of 5 slots of 5 s. Its first slot is the second half of a bar of 10 s. */
const TIMELINE = {
  slotMs: 5_000,
  from: 15_000,
  accepted: [0, 0, 0, 0, 0],
  reasons: { bad_header: [1, 2, 3, 4, 5], shutdown: [0, 0, 0, 0, 0], connection_closed: [10, 0, 0, 0, 1] },
};

test('slots are added up to bars that begin at multiples of their length', (t) => {
  const { times, layers } = stacked(TIMELINE, 10_000);
  t.deepEqual(times, [10_000, 20_000, 30_000]);
  t.deepEqual(layers.find(({ reason }) => reason === 'bad_header')?.counts, [1, 5, 9]);
});

test('a bar keeps its connections while time goes on', (t) => {
  const later = { ...TIMELINE, from: 20_000, reasons: { bad_header: [2, 3, 4, 5, 6] } };
  const barAt = (timeline: typeof later | typeof TIMELINE, time: number) => {
    const { times, layers } = stacked(timeline, 10_000);
    return layers.find(({ reason }) => reason === 'bad_header')?.counts[times.indexOf(time)];
  };
  t.is(barAt(TIMELINE, 20_000), 5);
  t.is(barAt(later, 20_000), 5);
});

test('reasons are stacked by severity, and those that did not occur are left out', (t) => {
  t.deepEqual(
    stacked(TIMELINE, 10_000).layers.map(({ reason, total }) => [reason, total]),
    [
      ['connection_closed', 11],
      ['bad_header', 15],
    ],
  );
});

test('the edges of the layers add up', (t) => {
  t.deepEqual(edges(stacked(TIMELINE, 10_000)), [
    [10, 0, 1],
    [11, 5, 10],
  ]);
});

test('an empty timeline has no bars and no layers', (t) => {
  t.deepEqual(stacked({ slotMs: 5_000, from: 0, accepted: [], reasons: {} }, 10_000), {
    barMs: 10_000,
    times: [],
    layers: [],
  });
});

test('the last numbers are added up', (t) => {
  t.is(sum([1, 2, 3]), 6);
  t.is(sum([1, 2, 3], 2), 5);
  t.is(sum([1, 2, 3], 0), 0);
});

test('every reason has a place in the stack that no other has', (t) => {
  const places = Object.keys(REASON_DOCS).map((reason) => colorOf(reason).place);
  t.is(new Set(places).size, places.length);
  t.true(places.every((place) => place % 100 !== 99));
});

test('a reason that the page does not know is drawn as an error', (t) => {
  t.is(colorOf('toString').family, 'error');
});
