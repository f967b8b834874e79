import test from 'ava';
import { faultStateOf } from '../../../lib/dashboard/faults/fault-state.js';

const ADDED = '2026-11-28T20:00:00.000Z';
const fault = { enabled: true, times: null, hits: 0, when: {}, addedAt: ADDED };
const at = (seconds: number): number => Date.parse(ADDED) + 1000 * seconds;

test('a fault is on, unless it is switched off, has acted often enough, or is outside its time', (t) => {
  t.is(faultStateOf(fault, at(0)), 'on');
  t.is(faultStateOf({ ...fault, enabled: false }, at(0)), 'off');
  t.is(faultStateOf({ ...fault, times: 2, hits: 1 }, at(0)), 'on');
  t.is(faultStateOf({ ...fault, times: 2, hits: 2 }, at(0)), 'spent');
  const timed = { ...fault, when: { after: 5000, until: 9000 } };
  t.deepEqual(
    [4, 5, 8, 9].map((seconds) => faultStateOf(timed, at(seconds))),
    ['waiting', 'on', 'on', 'over'],
  );
});
