import test from 'ava';
import { readGiven } from '../../lib/config/given.js';
import { merge } from '../../lib/config/merge.js';
import { formatOrigin } from '../../lib/config/origin.js';
import { readConfigFile } from '../../lib/config/read-file.js';

const merged = (argv: Record<string, string>, env: NodeJS.ProcessEnv, text?: string) => {
  const file = text === undefined ? null : readConfigFile('c.yaml', () => text);
  const { tree, origins } = merge(readGiven(argv, env), file);
  return { tree, origins: Object.fromEntries([...origins].map(([path, origin]) => [path, formatOrigin(origin)])) };
};

test('without any settings there is one empty proxy', (t) => {
  t.deepEqual(merged({}, {}), { tree: { proxies: [{}] }, origins: {} });
});

test('a flag overrides the environment, which overrides the file', (t) => {
  const file = 'mode: guard\nclose: rst\nlog: {level: info}\n';
  t.deepEqual(merged({ mode: 'observe' }, { RABBIT_SNARE_MODE: 'guard', RABBIT_SNARE_CLOSE: 'fin' }, file), {
    tree: { proxies: [{ mode: 'observe', close: 'fin' }], log: { level: 'info' } },
    origins: { 'proxies[0].mode': '--mode', 'proxies[0].close': 'RABBIT_SNARE_CLOSE', 'log.level': 'c.yaml:3' },
  });
});

test('in the file, a key of a proxy overrides the top level', (t) => {
  t.deepEqual(merged({ close: 'fin' }, {}, 'mode: observe\nproxies:\n  - name: a\n  - name: b\n    mode: guard\n'), {
    tree: {
      proxies: [
        { name: 'a', mode: 'observe', close: 'fin' },
        { name: 'b', mode: 'guard', close: 'fin' },
      ],
    },
    origins: {
      'proxies[0].name': 'c.yaml:3',
      'proxies[1].name': 'c.yaml:4',
      'proxies[0].mode': 'c.yaml:1',
      'proxies[1].mode': 'c.yaml:5',
      'proxies[0].close': '--close',
      'proxies[1].close': '--close',
    },
  });
});

test('an empty list of proxies stays empty', (t) => t.deepEqual(merged({}, {}, 'proxies: []').tree, { proxies: [] }));

test('a section written as text is its short key', (t) => {
  const control = { listen: 'off' };
  t.deepEqual(merged({}, {}, 'control: off').tree, { proxies: [{}], control });
  t.deepEqual(merged({ control: 'off' }, {}, 'control: {listen: a:1}').tree, { proxies: [{}], control });
});

test('null in a file is a value', (t) => {
  t.deepEqual(merged({}, {}, 'readyFile: null').origins, { readyFile: 'c.yaml:1' });
});
