import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import { scenarioFiles } from '../../lib/control/scenario-files.js';
import { temporaryDirectory } from '../support/program.js';

test('the scenarios of the package have a name, a description and their text', async (t) => {
  const files = await scenarioFiles();
  t.true(files.length >= 25);
  const restart = files.find(({ name }) => name === 'broker-restart-320');
  t.is(restart?.text, readFileSync('config/scenarios/broker-restart-320.yaml', 'utf8'));
  t.regex(
    restart?.description ?? '',
    /^Finds: clients .* Every open connection is closed .* after the start\. Reproduces: .*\.$/,
  );
  for (const { name, description } of files) t.regex(description, /^Finds: [^\n]+\.$/, name);
});

test('a folder that does not exist has no scenarios', async (t) => {
  t.deepEqual(await scenarioFiles(pathToFileURL('/nowhere/')), []);
});

test('only the comment at the beginning is the description, and only YAML files are scenarios', async (t) => {
  const folder = temporaryDirectory(t);
  const text = '# One\n#two \n\n# three\nsteps: # four\n';
  writeFileSync(join(folder, 'b.yaml'), text);
  writeFileSync(join(folder, 'a.yaml'), 'steps: []');
  writeFileSync(join(folder, 'README.md'), '# x\n');
  t.deepEqual(await scenarioFiles(pathToFileURL(`${folder}/`)), [
    { name: 'a', description: '', text: 'steps: []' },
    { name: 'b', description: 'One two', text },
  ]);
});
