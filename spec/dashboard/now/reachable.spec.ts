import test from 'ava';
import { reachable } from '../../../lib/dashboard/now/reachable.js';

test('a proxy that listens on all addresses is reached on the host of the page', (t) => {
  t.is(reachable('0.0.0.0:5673', 'snare'), 'snare:5673');
  t.is(reachable('[::]:5673', '[::1]'), '[::1]:5673');
  t.is(reachable('10.0.0.1:5673', 'snare'), '10.0.0.1:5673');
  t.is(reachable('[::1]:5673', 'snare'), '[::1]:5673');
});
