import test from 'ava';
import { findsNothing } from './finds-nothing.js';

test('fuzzing with a random seed finds nothing', (t) => findsNothing(t, Math.floor(Math.random() * 2 ** 32), 30));
