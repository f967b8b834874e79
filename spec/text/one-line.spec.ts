import test from 'ava';
import { oneLine, oneLineJson } from '../../lib/text/one-line.js';

/** Characters that control a terminal, end a line, or change the order of what is shown. */
const HIDDEN = [
  ...'\u0000\u0007\b\t\n\r\u001b\u007f\u0085\u009b\u009d\u061c\u200e\u200f\u2028\u2029\u202e\u2066\u2069',
];

for (const hidden of HIDDEN) {
  const code = hidden.charCodeAt(0).toString(16).padStart(4, '0');
  test(`U+${code} is a dot in a line, and an escape in JSON`, (t) => {
    t.is(oneLine(`a${hidden}b`), 'a.b');
    const json = oneLineJson({ user: `a${hidden}b` });
    t.false(json.includes(hidden));
    t.deepEqual(JSON.parse(json), { user: `a${hidden}b` });
  });
}

test('other characters are kept', (t) => {
  const text = 'äé日本\u{1f430}e\u0301"\\';
  t.is(oneLine(text), text);
  t.is(oneLineJson(text), JSON.stringify(text));
});
