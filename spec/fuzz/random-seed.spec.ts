import test from 'ava';
import { oneMinute } from './one-minute.js';

test('a minute of fuzzing with a random seed finds nothing', (t) => oneMinute(t, Math.floor(Math.random() * 2 ** 32)));
