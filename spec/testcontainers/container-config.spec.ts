import test from 'ava';
import { loadConfig } from '../../lib/config/load.js';
import { type ContainerConfig, containerFile, mergeConfigs } from '../../lib/testcontainers/container-config.js';

/** The config that the program in the container has. */
const loaded = (config: ContainerConfig) => {
  const { text } = containerFile(config, 'secret');
  return loadConfig({ argv: { config: 'snare.yaml' }, env: {}, readFile: () => text }).config;
};

test('maps are merged, other values are replaced, and undefined keys are left out', (t) => {
  const earlier: ContainerConfig = {
    upstream: 'a:5672',
    log: { level: 'debug' },
    faults: [{ type: 'latency' }],
    tls: null,
  };
  const later: ContainerConfig = {
    mode: 'observe',
    log: { format: 'json' },
    faults: [{ type: 'noop' }],
    tls: { cert: 'c', key: 'k' },
  };
  t.deepEqual(mergeConfigs(earlier, { ...later, upstream: undefined } as ContainerConfig), {
    upstream: 'a:5672',
    mode: 'observe',
    log: { level: 'debug', format: 'json' },
    faults: [{ type: 'noop' }],
    tls: { cert: 'c', key: 'k' },
  });
  t.deepEqual([earlier.log, later.log], [{ level: 'debug' }, { format: 'json' }], 'neither of them is changed');
});

test('the proxy and the control API listen on all addresses of the container, and the API requires the token', (t) => {
  const { proxies, control } = loaded({});
  t.like(proxies, { length: 1, 0: { listen: { host: '0.0.0.0', port: 5673 }, upstream: 'stand-in' } });
  t.like(control, { listen: { host: '0.0.0.0', port: 8474 }, token: 'secret' });
});

test('numbers, booleans, lists and nulls of a program are those of the config', (t) => {
  const config = loaded({
    upstream: 'rabbitmq:5672',
    dialect: '3.10',
    enabled: false,
    maxConnections: 5,
    handshakeTimeout: '1.5s',
    healthChecks: [{ sources: ['10.0.0.0/8'], answer: 'local' }],
    faults: [{ type: 'amqp_close', attributes: { at: 'open', code: 320 } }],
    proxyProtocol: { accept: 'require', trustedSources: ['10.0.0.1'] },
    memoryLimit: '64MiB',
    seed: 7,
  });
  t.like(config, { memoryLimit: 64 * 1024 ** 2, seed: 7 });
  t.like(config.proxies[0], {
    upstream: { host: 'rabbitmq', port: 5672 },
    dialect: '3.10',
    enabled: false,
    maxConnections: 5,
    handshakeTimeout: 1_500,
    healthChecks: [{ sources: ['10.0.0.0/8'], answer: 'local', style: null, failWith: 'rst' }],
    faults: [{ name: 'amqp_close_downstream', attributes: { at: 'open', code: 320 } }],
    proxyProtocol: { accept: 'require', trustedSources: ['10.0.0.1'], send: 'off' },
  });
});

test('clients must use TLS if there is a certificate', (t) => {
  t.false(containerFile({}, 'secret').isTls);
  t.true(containerFile({ tls: { cert: '/tls/cert.pem', key: '/tls/key.pem' } }, 'secret').isTls);
});

const INVALID: readonly [string, ContainerConfig, string][] = [
  [
    'an upstream without a port',
    { upstream: 'rabbitmq' },
    'upstream must be auto, stand-in or HOST:PORT, not "rabbitmq"',
  ],
  [
    'a duration without a unit',
    { handshakeTimeout: 500 as never },
    'handshakeTimeout must be a duration with a unit, such as 250ms, 10s or 2m, not "500" (did you mean "500s" or "500ms"?)',
  ],
  ['an unknown key', { mod: 'guard' } as never, 'unknown key "mod" (did you mean "mode"?)'],
  ['half of a pair', { tls: { cert: '/tls/cert.pem' } }, 'tls.cert must be set together with tls.key'],
  [
    'an address of its own',
    { listen: 'a:1', control: 'off' } as never,
    'listen must not be set: the container sets it\ncontrol must not be set: the container sets it',
  ],
  ['several proxies', { proxies: [] } as never, 'proxies must not be set: the container sets it'],
];

for (const [what, config, message] of INVALID) {
  test(`${what} is rejected without a position in a file`, (t) => {
    t.throws(() => containerFile(config, 'secret'), { name: 'ConfigError', message });
  });
}

test('an invalid token is rejected without being quoted', (t) => {
  const message = 'control.token must be 1 to 4096 visible ASCII characters';
  t.throws(() => containerFile({}, 'two words'), { name: 'ConfigError', message });
});

test('values of the wrong type do not compile', (t) => {
  const wrong: readonly ContainerConfig[] = [
    // @ts-expect-error the container sets it
    { listen: '0.0.0.0:5672' },
    // @ts-expect-error a duration has a unit
    { handshakeTimeout: 500 },
    // @ts-expect-error unknown word
    { mode: 'watch' },
    // @ts-expect-error unknown key of a section
    { log: { file: 'x' } },
    // @ts-expect-error unknown type
    { faults: [{ type: 'amqp_clos' }] },
  ];
  t.is(wrong.length, 5);
});
