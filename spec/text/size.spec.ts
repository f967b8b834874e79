import test from 'ava';
import { formatSize, inMebibytes, parseSize } from '../../lib/text/size.js';

for (const [text, bytes] of [
  ['0', 0],
  ['512', 512],
  ['512B', 512],
  ['64KiB', 65_536],
  ['1MiB', 1_048_576],
  ['2GiB', 2_147_483_648],
] as const) {
  test(`${text} is ${bytes} bytes`, (t) => t.is(parseSize(text), bytes));
}

for (const text of ['', '-1', '1.5KiB', '64KB', '64kib', '64 KiB', 'KiB', '9'.repeat(20)]) {
  test(`"${text}" is not a size`, (t) => {
    t.throws(() => parseSize(text), {
      code: 'ERR_CONFIG',
      message: `must be a number of bytes, such as 512 or 64KiB, not "${text}"`,
    });
  });
}

for (const text of ['0', '512', '1500', '64KiB', '1025KiB', '100MiB', '2GiB']) {
  test(`${text} is formatted as it was written`, (t) => t.is(formatSize(parseSize(text)), text));
}

test('a size for people is in MiB', (t) => {
  t.is(inMebibytes(134_217_728), '128 MiB');
  t.is(inMebibytes(1_600_000), '2 MiB');
});
