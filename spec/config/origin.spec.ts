import test from 'ava';
import { formatOrigin } from '../../lib/config/origin.js';

test('an origin is formatted as the user knows it', (t) => {
  t.is(formatOrigin({ from: 'default' }), 'default');
  t.is(formatOrigin({ from: 'file', file: 'config.yaml', line: 12, column: 3 }), 'config.yaml:12');
  t.is(formatOrigin({ from: 'env', name: 'RABBIT_SNARE_MODE' }), 'RABBIT_SNARE_MODE');
  t.is(formatOrigin({ from: 'flag', name: '--mode' }), '--mode');
});
