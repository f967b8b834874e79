import test from 'ava';
import { isColored } from '../../lib/output/color.js';

const terminal = { isTTY: true };

test('a terminal has colors', (t) => {
  t.true(isColored(terminal, {}));
  t.true(isColored(terminal, { TERM: 'xterm' }));
});

test('a pipe or a file has no colors', (t) => {
  t.false(isColored({}, {}));
  t.false(isColored({ isTTY: false }, {}));
});

test('NO_COLOR turns colors off unless it is empty', (t) => {
  t.false(isColored(terminal, { NO_COLOR: '1' }));
  t.false(isColored(terminal, { NO_COLOR: '0' }));
  t.true(isColored(terminal, { NO_COLOR: '' }));
});

test('a terminal that calls itself dumb has no colors', (t) => t.false(isColored(terminal, { TERM: 'dumb' })));
