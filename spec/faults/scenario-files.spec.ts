import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import { readScenarioText } from '../../lib/faults/read-scenario.js';

const FOLDER = 'config/scenarios';
const files = readdirSync(FOLDER);

test('there are at least 25 scenarios', (t) => {
  t.true(files.length >= 25);
});

for (const file of files) {
  test(`${file} is valid, and its comment names the bug that it finds and where the bug was reported`, (t) => {
    const text = readFileSync(`${FOLDER}/${file}`, 'utf8');
    t.regex(text, /^# Finds: [^.]+(\.|\.[A-Z][^.]+\.)\s/);
    t.regex(text, /^# (Reproduces: [\w.-]+\/[\w.-]+#\d+: |Documented by: https:\/\/)/m);
    t.true(readScenarioText(text, file, { proxy: 'amqp' }).steps.length > 0);
  });
}
