import test from 'ava';
import { rangeOfLine, yamlErrorsOf } from '../../../lib/dashboard/scenarios/yaml-errors.js';
import { readScenarioText } from '../../../lib/faults/read-scenario.js';

const errorsOf = (text: string) =>
  yamlErrorsOf(messageOf(() => readScenarioText(text, 'a name: with colons', { proxy: 'amqp' })));

function messageOf(work: () => unknown): string {
  try {
    work();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

test('each error of a scenario has its line and column', (t) => {
  const errors = errorsOf('steps:\n  - type: noop\n  - type: nop\n    until: soon\n');
  t.deepEqual(
    errors.map(({ line }) => line),
    [4, 3],
  );
  t.regex(errors.find(({ line }) => line === 3)?.message ?? '', /^steps\[1\]\.type must be one of/);
});

test('text that is not YAML has a line, too', (t) => {
  t.is(errorsOf('steps: [\n')[0]?.line, 2);
});

test('an error without a position is shown as it is', (t) => {
  t.deepEqual(yamlErrorsOf('fault "amqp/a: b" already exists'), [
    { line: null, column: null, message: 'fault "amqp/a: b" already exists' },
  ]);
});

test('a line has a range in the text', (t) => {
  const text = 'one\ntwo\n\nfour';
  t.deepEqual(
    [1, 2, 3, 4, 9].map((line) => text.slice(...rangeOfLine(text, line))),
    ['one', 'two', '', 'four', ''],
  );
});
