import test from 'ava';
import { readConfigFile } from '../../lib/config/read-file.js';
import { ConfigError } from '../../lib/errors.js';

const problems = (text: string): readonly string[] => {
  try {
    readConfigFile('config.yaml', () => text);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
};

const wrong = (text: string, ...expected: string[]): void => {
  test(`${JSON.stringify(text)} is rejected: ${expected[0]}`, (t) => t.deepEqual(problems(text), expected));
};

wrong(
  '\n  handshakeTimeout: 10 parsecs',
  'config.yaml:2:21: handshakeTimeout must be a duration with a unit, such as 250ms, 10s or 2m, not "10 parsecs"',
);
wrong('mode: guard\nupstrem: auto', 'config.yaml:2:1: unknown key "upstrem" (did you mean "upstream"?)');
wrong(
  'proxies:\n  - name: a\n    lsiten: a:1\n    control: off',
  'config.yaml:3:5: unknown key "lsiten" (did you mean "listen"?)',
  'config.yaml:4:5: unknown key "control"',
);
wrong('log: {lvel: info}', 'config.yaml:1:7: unknown key "lvel" (did you mean "level"?)');
wrong('log: {level: loud}', 'config.yaml:1:14: log.level must be one of debug, info, warning, error, none, not "loud"');
wrong('control: 8474', 'config.yaml:1:10: control.listen must be off or HOST:PORT, not "8474"');
wrong('control: {listen: nowhere}', 'config.yaml:1:19: control.listen must be off or HOST:PORT, not "nowhere"');
wrong('control: {port: 1}', 'config.yaml:1:11: unknown key "port"');
wrong('control:', 'config.yaml:1:9: control must be a map, not null');
wrong('name: a/b', 'config.yaml:1:7: name must be a name without whitespace or slashes, not "a/b"');
wrong('maxConnections: 0', 'config.yaml:1:17: maxConnections must be a whole number of at least 1, not "0"');
wrong('listen: [a:1]', 'config.yaml:1:9: listen must be HOST:PORT, not a list');
wrong('proxies: {name: a}', 'config.yaml:1:10: proxies must be a list, not a map');
wrong('proxies:\n  - a', 'config.yaml:2:5: proxies[0] must be a map, not "a"');
wrong('- name: a', 'config.yaml:1:1: the config must be a map, not a list');
wrong('"hello"', 'config.yaml:1:1: the config must be a map, not "hello"');
wrong('__proto__: 1', 'config.yaml:1:1: unknown key "__proto__"');
for (const dialect of ['3.5', '2.8', '4', 'v4.1', '3.10.8.1', 'Auto']) {
  wrong(
    `dialect: ${dialect}`,
    `config.yaml:1:10: dialect must be auto or a RabbitMQ version from 3.6, such as 3.10 or 4.1, not "${dialect}"`,
  );
}

test('all problems are reported, in the order of the file', (t) => {
  const text = 'zzz: 1\nclose: maybe\nproxies:\n  - mode: none\n    yyy: 2\n  - connectTimeout: 0s\n';
  t.deepEqual(
    problems(text).map((line) => line.slice(0, line.indexOf(': '))),
    ['config.yaml:1:1', 'config.yaml:2:8', 'config.yaml:4:11', 'config.yaml:5:5', 'config.yaml:6:21'],
  );
});

test('a value that a proxy overrides is validated too', (t) => {
  t.is(problems('mode: none\nproxies:\n  - mode: guard\n').length, 1);
});

test('ten thousand unknown keys give a short message', (t) => {
  const text = Array.from({ length: 10_000 }, (_, index) => `k${index}: 1`).join('\n');
  const error = t.throws(() => readConfigFile('config.yaml', () => text));
  t.is(error?.message.split('\n').length, 21);
});

for (const dialect of ['auto', '3.6', '3.10', '3.10.8', '4.0', '4.1', '10.2']) {
  test(`dialect ${dialect} is accepted as written`, (t) => {
    t.deepEqual(readConfigFile('c.yaml', () => `dialect: ${dialect}`).value, { dialect });
  });
}
