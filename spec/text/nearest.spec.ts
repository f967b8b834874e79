import test from 'ava';
import { didYouMean, nearest } from '../../lib/text/nearest.js';

const names = ['listen', 'upstream', 'handshakeTimeout', 'connectTimeout', 'mode', 'log'];

for (const [word, meant] of [
  ['upstrem', 'upstream'],
  ['lsiten', 'listen'],
  ['Mode', 'mode'],
  ['handshake-timeout', 'handshakeTimeout'],
  ['handshake_timeout', 'handshakeTimeout'],
  ['logs', 'log'],
] as const) {
  test(`${word} suggests ${meant}`, (t) => t.is(nearest(word, names), meant));
}

for (const word of ['', 'x', 'faults', 'constructor', 'timeout']) {
  test(`"${word}" is not similar to any name`, (t) => t.is(nearest(word, names), undefined));
}

test('the most similar of several names is returned', (t) =>
  t.is(nearest('mods', ['modes', 'mods2', 'mod', 'mods']), 'mods'));

test('the hint is a question, or empty', (t) => {
  t.is(didYouMean('upstrem', names), ' (did you mean "upstream"?)');
  t.is(didYouMean('x', names), '');
});
