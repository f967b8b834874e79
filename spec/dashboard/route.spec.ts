import test from 'ava';
import { fragmentOf, readRoute } from '../../lib/dashboard/route.js';

test('a fragment has the view, the selected item and the filter', (t) => {
  const route = { view: 'connections', selected: 'a/1', filter: { reason: 'bad_header' } } as const;
  t.is(fragmentOf(route), '#/connections/a%2F1?reason=bad_header');
  t.deepEqual(readRoute(fragmentOf(route)), route);
});

test('an unknown view is the view of now', (t) => {
  t.deepEqual(readRoute('#/nothing'), { view: 'now', selected: null, filter: {} });
  t.deepEqual(readRoute(''), { view: 'now', selected: null, filter: {} });
});

test('a selection that is not percent-encoded correctly is taken as it is', (t) => {
  t.is(readRoute('#/faults/%zz').selected, '%zz');
});
