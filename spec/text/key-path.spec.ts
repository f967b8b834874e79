import test from 'ava';
import { formatPath } from '../../lib/text/key-path.js';

test('a path is formatted with dots, and with brackets for list indexes', (t) => {
  t.is(formatPath(['proxies', 0, 'listen']), 'proxies[0].listen');
  t.is(formatPath(['log', 'level']), 'log.level');
  t.is(formatPath([]), '');
});
