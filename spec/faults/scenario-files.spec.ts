import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import { readScenarioText } from '../../lib/faults/read-scenario.js';

const FOLDER = 'config/scenarios';
const files = readdirSync(FOLDER);

test('there are at least ten scenarios', (t) => {
  t.true(files.length >= 10);
});

for (const file of files) {
  test(`${file} is valid, and its comment names the bug that it finds`, (t) => {
    const text = readFileSync(`${FOLDER}/${file}`, 'utf8');
    t.regex(text, /^# Finds: /);
    t.true(readScenarioText(text, file, { proxy: 'amqp' }).steps.length > 0);
  });
}
