import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { builtInScenario, readScenarioSource } from '../../lib/cli/scenario-source.js';
import { temporaryDirectory } from '../support/program.js';

test('a scenario is a name, or else the path of a file', (t) => {
  const text = readFileSync('config/scenarios/slow-tune.yaml', 'utf8');
  t.deepEqual(readScenarioSource('slow-tune'), { text, file: 'slow-tune.yaml' });
  const file = join(temporaryDirectory(t), 'slow-tune');
  writeFileSync(file, 'steps: []');
  t.deepEqual(readScenarioSource(file), { text: 'steps: []', file });
});

test('a wrong name is corrected, and a wrong path is not', (t) => {
  const message =
    /^there is no scenario or file "slow-tume" \(did you mean "slow-tune"\?\); rabbit-snare scenario list /;
  t.throws(() => readScenarioSource('slow-tume'), { name: 'ConfigError', message });
  t.throws(() => builtInScenario('slow-tume'), { name: 'ConfigError', message });
  t.throws(() => readScenarioSource('./slow-tune'), {
    name: 'ConfigError',
    message: 'cannot read ./slow-tune: no such file or directory',
  });
});
