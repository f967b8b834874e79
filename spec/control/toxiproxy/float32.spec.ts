import test from 'ava';
import fc from 'fast-check';
import { shortestFloat32 } from '../../../lib/control/toxiproxy/float32.js';

// The last one needs all 9 digits.
for (const number of [0, 1, 0.5, 0.3, 0.1, -1, 7, 0.25, 0.118405186]) {
  test(`${number} is returned as given`, (t) => {
    t.is(shortestFloat32(number), number);
  });
}

test('the result is the shortest number with the same 32-bit float', (t) => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (number) => {
      const short = shortestFloat32(number);
      t.true(Math.fround(short) === Math.fround(number));
      t.true(String(short).length <= String(Math.fround(number)).length);
    }),
  );
});
