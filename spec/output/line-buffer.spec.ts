import test from 'ava';
import fc from 'fast-check';
import { LineBuffer } from '../../lib/output/line-buffer.js';

const anyLine = fc
  .tuple(fc.string({ unit: 'binary' }), fc.constantFrom(1, 1, 100, 10_000, 300_000))
  .map(([text, times]) => text.repeat(times).slice(0, 600_000));

test('lines are taken whole and in order, and their bytes are counted until they are released', (t) => {
  // True: a chunk is taken, and released when the next one is.
  fc.assert(
    fc.property(fc.array(fc.oneof(anyLine, fc.constant(true as const)), { maxLength: 40 }), (steps) => {
      const buffer = new LineBuffer();
      let [added, taken] = ['', ''];
      let last: ReturnType<LineBuffer['take']> = null;
      const take = (): boolean => {
        if (last !== null) buffer.release(last);
        last = buffer.take();
        if (last !== null) taken += last.memory.toString('utf8', 0, last.used);
        return last !== null;
      };
      for (const step of steps) {
        if (step === true) take();
        else {
          buffer.add(step);
          added += `${step}\n`;
        }
      }
      while (take()) t.true(taken.endsWith('\n'));
      t.is(taken, Buffer.from(added).toString());
      t.true(buffer.isEmpty);
      t.is(buffer.size, 0);
    }),
    { numRuns: 100 },
  );
});

test('the size is that of the lines in UTF-8, with their ends', (t) => {
  const buffer = new LineBuffer();
  buffer.add('é');
  buffer.add('🐇');
  t.is(buffer.size, 3 + 5);
  const chunk = buffer.take();
  t.is(buffer.size, 8);
  if (chunk !== null) buffer.release(chunk);
  t.is(buffer.size, 0);
});

test('memory that is released is used again', (t) => {
  const buffer = new LineBuffer();
  const memory = new Set<Buffer>();
  for (let number = 0; number < 100; number++) {
    buffer.add('line');
    const chunk = buffer.take();
    if (chunk === null) continue;
    memory.add(chunk.memory);
    buffer.release(chunk);
  }
  t.is(memory.size, 1);
});
