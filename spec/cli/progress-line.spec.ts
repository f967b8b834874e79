import test from 'ava';
import { ProgressLine } from '../../lib/cli/progress-line.js';
import { ManualClock } from '../support/manual-clock.js';

function open({ columns = 80, isTTY = true }: { readonly columns?: number; readonly isTTY?: boolean } = {}) {
  const clock = new ManualClock();
  const written: string[] = [];
  const terminal = { isTTY, columns, write: (text: string) => written.push(text) };
  return { clock, written, line: new ProgressLine({ terminal, clock }) };
}

const drawn = (text: string) => `\r${text}\u001b[K`;

test('nothing is shown in the first second, and then at most every 200 ms', (t) => {
  const { clock, written, line } = open();
  line.show('1 of 9');
  clock.advance(999);
  t.deepEqual(written, []);
  line.show('2 of 9');
  clock.advance(1);
  t.deepEqual(written, [drawn('2 of 9')]);
  line.show('3 of 9');
  line.show('4 of 9');
  clock.advance(199);
  t.is(written.length, 1);
  clock.advance(1);
  t.deepEqual(written.slice(1), [drawn('4 of 9')]);
  clock.advance(200);
  line.show('5 of 9');
  t.deepEqual(written.slice(2), [drawn('5 of 9')]);
  t.is(clock.timers, 0);
});

test('a cleared line is erased, and nothing is drawn until there is something new to show', (t) => {
  const { clock, written, line } = open();
  line.show('1 of 2');
  line.clear();
  clock.advance(1000);
  t.deepEqual(written, []);
  line.show('1 of 2');
  line.show('2 of 2');
  line.clear();
  line.clear();
  clock.advance(1000);
  t.deepEqual(written, [drawn('1 of 2'), drawn('')]);
  t.is(clock.timers, 0);
});

test('nothing is written if it is not a terminal', (t) => {
  const { clock, written, line } = open({ isTTY: false });
  line.show('1 of 2');
  clock.advance(5000);
  line.show('2 of 2');
  line.clear();
  t.deepEqual(written, []);
  t.is(clock.timers, 0);
});

for (const [columns, text, shown] of [
  [10, '12345678', '12345678'],
  [10, '123456789', '123456789'],
  [10, '1234567890', '12345678…'],
  [6, '日本語', '日本…'],
  [1, 'abc', ''],
  [0, 'x'.repeat(100), `${'x'.repeat(78)}…`],
  [80, 'a\nb\u001b[2Jc', 'a.b.[2Jc'],
] as const) {
  test(`${JSON.stringify(text)} fits in ${columns} columns without wrapping`, (t) => {
    const { clock, written, line } = open({ columns });
    line.show(text);
    clock.advance(1000);
    t.deepEqual(written, [drawn(shown)]);
  });
}
