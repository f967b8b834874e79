import test from 'ava';
import fc from 'fast-check';
import { KeptLines, searchText } from '../../lib/report/kept-lines.js';

const textsOf = (lines: KeptLines): string[] => Array.from(lines.newestFirst(), ({ text }) => text);

/** Lines of all lengths: some share a page, some need their own. */
const anyLine = fc
  .tuple(fc.string({ unit: 'binary' }), fc.constantFrom(1, 1, 100, 10_000, 70_000))
  .map(([text, times]) => Buffer.from(text.repeat(times).slice(0, 200_000)).toString());

test('the last lines are kept, newest first', (t) => {
  fc.assert(
    fc.property(fc.nat({ max: 20 }), fc.array(anyLine, { maxLength: 60 }), (most, all) => {
      const lines = new KeptLines(most);
      for (const [at, line] of all.entries()) {
        lines.add(line);
        if (at % 10 === 0)
          t.deepEqual(
            textsOf(lines),
            most === 0
              ? []
              : all
                  .slice(0, at + 1)
                  .slice(-most)
                  .reverse(),
          );
      }
      t.deepEqual(textsOf(lines), most === 0 ? [] : all.slice(-most).reverse());
    }),
    { numRuns: 50 },
  );
});

test('bytes that were taken do not change when later lines are added', (t) => {
  const lines = new KeptLines(3);
  const taken: [Uint8Array, string][] = [];
  for (let number = 0; number < 2_000; number++) {
    const line = `${number} `.repeat(1_000);
    lines.add(line);
    for (const each of lines.newestFirst()) if (number % 7 === 0) taken.push([each.bytes, each.text]);
  }
  for (const [bytes, text] of taken) t.is(Buffer.from(bytes).toString(), text);
});

test('memory is used again once its lines are no longer kept', (t) => {
  const lines = new KeptLines(100);
  const line = 'x'.repeat(1_000);
  const memory = (): Set<ArrayBufferLike> => new Set(Array.from(lines.newestFirst(), (each) => each.bytes.buffer));
  for (let number = 0; number < 100; number++) lines.add(line);
  const before = process.memoryUsage().arrayBuffers;
  for (let number = 0; number < 100_000; number++) lines.add(line);
  t.true(process.memoryUsage().arrayBuffers - before < 5 * 1024 * 1024);
  t.true(memory().size <= 3);
});

test('a line is searched for bytes, and not those beside it', (t) => {
  const lines = new KeptLines(3);
  for (const line of ['one', 'two', 'éa']) lines.add(line);
  const found = Array.from(lines.newestFirst(), (line) =>
    ['one', 'wo', 'é', 'wot', 'on'].filter((part) => line.includes(searchText(part))),
  );
  t.deepEqual(found, [['é'], ['wo'], ['one', 'on']]);
});
