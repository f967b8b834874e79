import test from 'ava';
import { LabelValues } from '../../lib/report/label-values.js';

test('the first so many values have their own name for ever, all others have one in common', (t) => {
  const values = new LabelValues(2);
  t.deepEqual(
    ['a', 'b', 'a', 'c', 'b', 'd', 'a'].map((value) => values.of(value)),
    ['a', 'b', 'a', 'other', 'b', 'other', 'a'],
  );
});
