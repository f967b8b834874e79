import test from 'ava';
import { findsNothing } from './finds-nothing.js';

test('fuzzing with a fixed seed finds nothing', (t) => findsNothing(t, 20_261_128, 10));
