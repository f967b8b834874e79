import test from 'ava';
import { formatPath } from '../../lib/text/key-path.js';

test('a path is written with dots, and with brackets for places in a list', (t) => {
  t.is(formatPath(['proxies', 0, 'listen']), 'proxies[0].listen');
  t.is(formatPath(['log', 'level']), 'log.level');
  t.is(formatPath([]), '');
});
