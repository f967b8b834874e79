import test from 'ava';
import { oneMinute } from './one-minute.js';

test('a minute of fuzzing with a fixed seed finds nothing', (t) => oneMinute(t, 20_261_128));
