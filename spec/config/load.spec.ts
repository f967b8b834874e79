import test from 'ava';
import { loadConfig } from '../../lib/config/load.js';
import type { Config, ProxyConfig } from '../../lib/config/schema.js';
import { ConfigError } from '../../lib/errors.js';
import type { Address } from '../../lib/text/address.js';

const load = (text: string, argv: Record<string, unknown> = {}, env: NodeJS.ProcessEnv = {}) =>
  loadConfig({ argv: { config: 'config.yaml', ...argv }, env, readFile: () => text });

const refusal = (text: string, argv: Record<string, unknown> = {}, env: NodeJS.ProcessEnv = {}): string => {
  try {
    load(text, argv, env);
    return '';
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message;
  }
};

const defaults: ProxyConfig = {
  name: 'amqp',
  listen: { host: '127.0.0.1', port: 5673 },
  upstream: 'auto',
  mirrorUpstream: false,
  enabled: true,
  mode: 'guard',
  dialect: 'auto',
  amqp10: 'auto',
  close: 'rst',
  handshakeTimeout: 10_000,
  connectTimeout: 5000,
  tcpKeepAlive: 120_000,
  observe: 'all',
  healthChecks: 'forward',
  proxyProtocol: { accept: 'off', send: 'off', trustedSources: ['127.0.0.0/8', '::1/128'] },
  tls: null,
  upstreamTls: null,
  maxConnections: 10_000,
  maxConnectionsPerSource: 0,
  faults: [],
};

test('without a file, flags and variables, everything has its default', (t) => {
  const { config, file, origin, warnings } = loadConfig({ argv: {}, env: {} });
  const expected: Config = {
    proxies: [defaults],
    memoryLimit: 'auto',
    control: { listen: { host: '127.0.0.1', port: 8474 }, token: null, tokenFile: null, allowedHosts: [] },
    reports: { file: null, history: 1000 },
    healthCheckSources: 10_000,
    invisibleChecks: 'auto',
    log: { format: 'pretty', level: 'info' },
    seed: null,
    readyFile: null,
    drainTimeout: 5000,
  };
  t.deepEqual(config, expected);
  t.deepEqual([file, origin('proxies[0].listen'), warnings], [null, { from: 'default' }, []]);
});

test('an empty file leaves everything at its default', (t) => {
  t.deepEqual(load('').config, loadConfig({ argv: {}, env: {} }).config);
  t.is(load('').file, 'config.yaml');
});

test('the config has the declared types', (t) => {
  const { config } = load('');
  const [proxy] = config.proxies;
  const listen: Address | undefined = proxy?.listen;
  const upstream: 'auto' | 'stand-in' | Address | undefined = proxy?.upstream;
  const control: { readonly listen: Address } | null = config.control;
  t.truthy(listen && upstream && control);
});

test('the config is deeply frozen', (t) => {
  const thaw = (value: unknown): boolean =>
    typeof value === 'object' && value !== null && (!Object.isFrozen(value) || Object.values(value).some(thaw));
  t.false(thaw(load('proxies: [{upstream: a:1}]').config));
});

test('a version keeps its zero in YAML, JSON, flag and variable', (t) => {
  for (const { config } of [
    load('dialect: 3.10'),
    load('{"dialect": 3.10, "maxConnections": 100}'),
    load('', { dialect: '3.10' }),
    load('', {}, { RABBIT_SNARE_DIALECT: '3.10' }),
  ]) {
    t.is(config.proxies[0]?.dialect, '3.10');
  }
});

test('on and off are text, not booleans', (t) => {
  const { config } = load('amqp10: on\ncontrol: off\nenabled: false\n');
  t.like(config, { control: null, proxies: [{ amqp10: 'on', enabled: false }] });
});

test('control can be an address, a map or off', (t) => {
  const control = { listen: { host: '0.0.0.0', port: 1 }, token: null, tokenFile: null, allowedHosts: [] };
  t.deepEqual(load('control: 0.0.0.0:1').config.control, control);
  t.deepEqual(load('control: {listen: 0.0.0.0:1}').config.control, control);
  t.deepEqual(load('control: off', { control: '0.0.0.0:1' }).config.control, control);
  t.is(load('control: {listen: off}').config.control, null);
  t.is(load('', { control: 'off' }).config.control, null);
});

test('the token comes from the file or a variable, even if control is an address, and never from a flag', (t) => {
  const { config, origin, warnings } = load('control: 127.0.0.1:1', {}, { RABBIT_SNARE_CONTROL_TOKEN: 'secret' });
  t.like(config.control, { listen: { port: 1 }, token: 'secret' });
  t.deepEqual(origin('control.token'), { from: 'env', name: 'RABBIT_SNARE_CONTROL_TOKEN' });
  t.deepEqual(warnings, []);
  t.is(load('control: {token: secret}').config.control?.token, 'secret');
  t.is(load('', { 'control-token': 'secret' }).config.control?.token, null);
  t.is(load('', { 'control-token-file': '/run/token' }).config.control?.tokenFile, '/run/token');
  t.is(load('', {}, { RABBIT_SNARE_CONTROL_TOKEN_FILE: '/run/token' }).config.control?.tokenFile, '/run/token');
});

test('a token and a token file together are rejected', (t) => {
  const rule = 'must not be set together with control.token';
  t.is(refusal('control: {token: a, tokenFile: b}'), `config.yaml:1:32: control.tokenFile ${rule}`);
  t.is(refusal('control: {token: a}', { 'control-token-file': 'b' }), `--control-token-file ${rule}`);
});

for (const token of [
  'pässword',
  'pass word',
  '*password',
  '@password',
  '!password',
  '&password',
  '"pass\\word"',
  '[password]',
]) {
  test(`no message quotes an unusable token such as ${token}`, (t) => {
    for (const text of [`control: {token: ${token}}`, `control:\n  token: ${token}\n  tokenFile: x\n`]) {
      t.false(/p.?ss/.test(refusal(text)), refusal(text));
    }
    t.false(/p.?ss/.test(refusal('', {}, { RABBIT_SNARE_CONTROL_TOKEN: `${token} x` })));
  });
}

test('the history for the control API is limited', (t) => {
  t.is(load('', { 'reports-history': '0' }).config.reports.history, 0);
  t.is(
    refusal('', { 'reports-history': '100001' }),
    '--reports-history must be a whole number from 0 to 100000, not "100001"',
  );
});

test('the sections of a proxy are merged key by key', (t) => {
  const { config } = load(
    'proxyProtocol: {send: v2}\nproxies: [{proxyProtocol: {accept: require, trustedSources: [10.0.0.0/8, "::1"]}}]',
    {},
    { RABBIT_SNARE_PROXY_PROTOCOL_SEND: 'v1' },
  );
  t.deepEqual(config.proxies[0]?.proxyProtocol, {
    accept: 'require',
    send: 'v1',
    trustedSources: ['10.0.0.0/8', '::1'],
  });
});

test('lists in flags and variables are separated by commas', (t) => {
  const { config, origin } = load('', { 'proxy-protocol-trusted-sources': '10.0.0.0/8, ::1' });
  t.deepEqual(config.proxies[0]?.proxyProtocol.trustedSources, ['10.0.0.0/8', '::1']);
  t.is(origin('proxies[0].proxyProtocol.trustedSources').from, 'flag');
  t.deepEqual(load('proxyProtocol: {trustedSources: []}').config.proxies[0]?.proxyProtocol.trustedSources, []);
});

test('an invalid list element is reported with its position', (t) => {
  t.is(
    refusal('proxyProtocol:\n  trustedSources: [127.0.0.1, 10.0.0.0/33]'),
    'config.yaml:2:31: proxyProtocol.trustedSources[1] must be an IP address or a subnet such as 10.0.0.0/8 or ::1/128, not "10.0.0.0/33"',
  );
  t.is(
    refusal('', { 'proxy-protocol-trusted-sources': 'lb.example' }),
    '--proxy-protocol-trusted-sources must be an IP address or a subnet such as 10.0.0.0/8 or ::1/128, not "lb.example"',
  );
  t.is(
    refusal('proxyProtocol: {trustedSources: {}}'),
    'config.yaml:1:33: proxyProtocol.trustedSources must be a list, not a map',
  );
});

test('the origin of a value is found by its path', (t) => {
  const { origin } = load('proxies:\n  - mode: observe\n', { reports: '-' }, { RABBIT_SNARE_LOG_LEVEL: 'none' });
  t.deepEqual(origin('proxies[0].mode'), { from: 'file', file: 'config.yaml', line: 2, column: 11 });
  t.deepEqual(origin('reports.file'), { from: 'flag', name: '--reports' });
  t.deepEqual(origin('log.level'), { from: 'env', name: 'RABBIT_SNARE_LOG_LEVEL' });
});

test('with two proxies, flags for listen and upstream are rejected, and other flags apply to both', (t) => {
  const two = 'proxies: [{name: a, listen: a:1}, {name: b, listen: a:2}]';
  t.is(
    refusal(two, { listen: 'a:3' }, { RABBIT_SNARE_UPSTREAM: 'b:1' }),
    '--listen must not be used with 2 proxies: set listen of each proxy\n' +
      'RABBIT_SNARE_UPSTREAM must not be used with 2 proxies: set upstream of each proxy',
  );
  t.deepEqual(
    load(two, { mode: 'observe' }).config.proxies.map(({ mode }) => mode),
    ['observe', 'observe'],
  );
  t.is(load('proxies: [{name: a}]', { listen: 'a:3' }).config.proxies[0]?.listen.port, 3);
});

test('a conflict is reported at the value that the user set', (t) => {
  const rule = 'must be a free address, not 127.0.0.1:8474: the control API listens there';
  t.is(refusal('', { listen: '127.0.0.1:8474' }), `--listen ${rule}`);
  t.is(refusal('listen: 127.0.0.1:8474'), `config.yaml:1:9: listen ${rule}`);
  t.is(refusal('proxies:\n  - listen: 127.0.0.1:8474'), `config.yaml:2:13: proxies[0].listen ${rule}`);
});

test('conflicting defaults are reported at the position of the second proxy', (t) => {
  t.deepEqual(refusal('proxies:\n  - {}\n  - {}').split('\n'), [
    'config.yaml:3:5: proxies[1].name must be unique, not "amqp", which is the name of proxies[0]',
    'config.yaml:3:5: proxies[1].listen must be a free address, not 127.0.0.1:5673: proxy "amqp" listens there',
  ]);
});

test('a file that cannot be read is named', (t) => {
  t.throws(() => loadConfig({ argv: {}, env: { RABBIT_SNARE_CONFIG: '/no/such/file.yaml' } }), {
    instanceOf: ConfigError,
    message: 'cannot read /no/such/file.yaml: no such file or directory',
  });
});

test('an unknown variable is a warning', (t) => {
  t.is(load('', {}, { RABBIT_SNARE_MODUS: 'x' }).warnings.length, 1);
});

test('tls is null until one of its keys is set, and a certificate and its key require each other', (t) => {
  t.is(load('').config.proxies[0]?.tls, null);
  t.is(load('tls: null').config.proxies[0]?.tls, null);
  t.deepEqual(load('tls: {cert: a, key: b}').config.proxies[0]?.tls, { cert: 'a', key: 'b', ca: null });
  t.deepEqual(load('', { 'tls-cert': 'a', 'tls-key': 'b' }).config.proxies[0]?.tls, { cert: 'a', key: 'b', ca: null });
  t.is(refusal('tls: {cert: a}'), 'config.yaml:1:13: tls.cert must be set together with tls.key');
  t.is(refusal('tls: {key: a}'), 'config.yaml:1:12: tls.key must be set together with tls.cert');
  t.is(refusal('tls: {ca: a}'), 'config.yaml:1:11: tls.ca must be set together with tls.cert and tls.key');
  t.is(refusal('', { 'tls-cert': 'a' }), '--tls-cert must be set together with tls.key');
  t.is(
    refusal('upstreamTls: {cert: a}'),
    'config.yaml:1:21: upstreamTls.cert must be set together with upstreamTls.key',
  );
  t.regex(refusal('tls: {}'), /^config.yaml:1:6: tls must be null or \{cert: FILE, key: FILE\}, not/);
  t.regex(refusal('upstreamTls: true'), /upstreamTls must be null or \{ca: FILE \| system\}, not "true"/);
});

test('a proxy inherits tls from the top level key by key, or disables it with null', (t) => {
  const { config } = load(
    'tls: {cert: a, key: b}\nproxies:\n  - {name: x, listen: "h:1"}\n  - {name: y, listen: "h:2", tls: null}\n' +
      '  - {name: z, listen: "h:3", tls: {ca: c}}\n',
  );
  t.deepEqual(
    config.proxies.map(({ tls }) => tls),
    [{ cert: 'a', key: 'b', ca: null }, null, { cert: 'a', key: 'b', ca: 'c' }],
  );
});
