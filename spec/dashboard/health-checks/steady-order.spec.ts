import test from 'ava';
import { steadyOrder } from '../../../lib/dashboard/health-checks/steady-order.js';

const order = (shown: string, items: string): string => steadyOrder([...shown], [...items], (item) => item).join('');

test('what is shown keeps its order', (t) => {
  t.is(order('', 'abc'), 'abc');
  t.is(order('abc', 'cab'), 'abc');
});

test('what is gone is left out, and what is new comes after what is before it', (t) => {
  t.is(order('abc', 'ca'), 'ac');
  t.is(order('abc', 'xabyc'), 'xabyc');
  t.is(order('abc', 'cxyab'), 'abcxy');
});
