import test from 'ava';
import { heapFlags } from '../../lib/running/heap-flags.js';

const MIB = 1024 ** 2;

for (const [mebibytes, oldSpace, semiSpace] of [
  [32, 32, 2],
  [64, 35, 2],
  [128, 70, 4],
  [256, 141, 8],
  [512, 282, 16],
  [1023, 563, 16],
] as const) {
  test(`a container of ${mebibytes} MiB has an old space of ${oldSpace} MiB and semi-spaces of ${semiSpace} MiB`, (t) => {
    t.deepEqual(heapFlags(mebibytes * MIB, []), [
      `--max-old-space-size=${oldSpace}`,
      `--max-semi-space-size=${semiSpace}`,
    ]);
  });
}

test('the heap leaves at least a quarter of a container of 64 MiB or more to everything else', (t) => {
  for (let mebibytes = 64; mebibytes < 1024; mebibytes++) {
    const [oldSpace = 0, semiSpace = 0] = heapFlags(mebibytes * MIB, []).map((flag) => Number(flag.split('=')[1]));
    t.true(oldSpace + 3 * semiSpace <= mebibytes * 0.75, `${mebibytes} MiB: ${oldSpace}, ${semiSpace}`);
  }
});

test('without a container, and in a large one, V8 decides', (t) => {
  t.deepEqual(heapFlags(null, []), []);
  t.deepEqual(heapFlags(1024 * MIB, []), []);
});

for (const given of [
  '--max-old-space-size=100',
  '--max_old_space_size=100',
  '--max-old-space-size-percentage=50',
  '--max-semi-space-size=8',
  '--max-heap-size=100',
  '--enable-source-maps --max-old-space-size=100',
]) {
  test(`${given} is respected`, (t) => {
    t.deepEqual(heapFlags(128 * MIB, [given]), []);
  });
}

test('flags that set no size do not matter', (t) => {
  t.is(heapFlags(128 * MIB, ['--enable-source-maps', '']).length, 2);
});
