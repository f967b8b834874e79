import test from 'ava';
import { LabelValues } from '../../lib/report/label-values.js';

test('the first values keep their own label forever, and all others share one', (t) => {
  const values = new LabelValues(2);
  t.deepEqual(
    ['a', 'b', 'a', 'c', 'b', 'd', 'a'].map((value) => values.of(value)),
    ['a', 'b', 'a', 'other', 'b', 'other', 'a'],
  );
});
