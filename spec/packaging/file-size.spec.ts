import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';

const files = readdirSync('lib', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => {
    const text = readFileSync(`lib/${name}`, 'utf8');
    return { name: `lib/${name}`, text, lines: text.split('\n').length - 1 };
  });

test('no file in lib has more than 250 lines', (t) => {
  const long = files.filter(({ lines }) => lines > 250);
  t.deepEqual(
    long.map(({ name, lines }) => `${name}: ${lines} lines`),
    [],
  );
});

test('every file in lib with more than 30 lines has an export with a docstring', (t) => {
  const bare = files.filter(
    ({ lines, text }) => lines > 30 && !/^ ?\*\/\nexport |^\/\*\* .* \*\/\nexport /m.test(text),
  );
  t.deepEqual(
    bare.map(({ name }) => name),
    [],
  );
});
