import { readFileSync } from 'node:fs';
import test from 'ava';

test('retries.spec.ts runs every statement of the example in README.md', (t) => {
  const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? [];
  const tested = readFileSync('spec/examples/retries.spec.ts', 'utf8').split('\n');
  const statements = example.split('\n').filter((line) => !/^(import|test\(|\/\*\*)/.test(line));
  t.true(statements.length > 10);
  t.deepEqual(
    statements.filter((line) => !tested.includes(line)),
    [],
  );
});
