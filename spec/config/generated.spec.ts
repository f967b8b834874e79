import { readFileSync } from 'node:fs';
import test from 'ava';
import { generatedFiles } from '../../lib/config/generated.js';
import { loadConfig } from '../../lib/config/load.js';

for (const [path, text] of Object.entries(generatedFiles())) {
  test(`${path} is up to date`, (t) => {
    t.true(readFileSync(path, 'utf8') === text, `${path} is stale; run: npm run generate`);
  });
}

test('the example file shows every key at its default', (t) => {
  const example = generatedFiles()['config/rabbit-snare.yaml'] ?? '';
  t.is(example.split('\n')[0], '# yaml-language-server: $schema=rabbit-snare.schema.json');
  const { config, origin } = loadConfig({ argv: { config: 'example' }, env: {}, readFile: () => example });
  t.deepEqual(config, loadConfig({ argv: {}, env: {} }).config);
  t.is(origin('proxies[0].maxConnectionsPerSource').from, 'file');
  t.is(origin('drainTimeout').from, 'file');
});
