import test from 'ava';
import { checkConfig, configSchema, showConfig } from '../../lib/cli/config.js';
import { loadConfig } from '../../lib/config/load.js';

const file = `dialect: 3.10
proxies:
  - {name: a, listen: 127.0.0.1:1}
  - name: b
    listen: '[::1]:2'
    handshakeTimeout: 1.5s
control: off
`;

const load = (text: string) =>
  loadConfig({
    argv: { config: 'config.yaml', close: 'fin' },
    env: { RABBIT_SNARE_MODE: 'observe' },
    readFile: () => text,
  });

test('config show prints each value and its origin', (t) => {
  const shown = showConfig(load(file));
  const lines = shown.split('\n');
  t.is(new Set(lines.map((line) => line.search(/ # \S+$/)).filter((at) => at >= 0)).size, 1, 'in one column');
  t.deepEqual(
    lines.slice(31, 70).map((line) => line.replace(/ +# /, ' # ')),
    [
      '  - name: b # config.yaml:4',
      '    listen: "[::1]:2" # config.yaml:5',
      '    upstream: auto # default',
      '    mirrorUpstream: false # default',
      '    enabled: true # default',
      '    mode: observe # RABBIT_SNARE_MODE',
      '    dialect: 3.10 # config.yaml:1',
      '    amqp10: auto # default',
      '    close: fin # --close',
      '    handshakeTimeout: 1500ms # config.yaml:6',
      '    connectTimeout: 5s # default',
      '    tcpKeepAlive: 2m # default',
      '    observe: all # default',
      '    healthChecks: forward # default',
      '    proxyProtocol:',
      '      accept: off # default',
      '      send: off # default',
      '      trustedSources: [127.0.0.0/8, ::1/128] # default',
      '    tls:',
      '      cert: null # default',
      '      key: null # default',
      '      ca: null # default',
      '    upstreamTls:',
      '      ca: null # default',
      '      cert: null # default',
      '      key: null # default',
      '      servername: null # default',
      '    maxConnections: 10000 # default',
      '    maxConnectionsPerSource: 0 # default',
      '    faults: [] # default',
      'memoryLimit: auto # default',
      'control: off # config.yaml:7',
      'reports:',
      '  file: null # default',
      '  history: 1000 # default',
      'healthCheckSources: 10000 # default',
      'invisibleChecks: auto # default',
      'log:',
      '  format: pretty # default',
    ],
  );
});

test('the output of config show is a config file with the same configuration', (t) => {
  const loaded = load(file);
  t.deepEqual(load(showConfig(loaded)).config, loaded.config);
});

test('config show masks the token, and the mask is not accepted as a token', (t) => {
  const shown = showConfig(load('control: {token: "sec:ret"}\n'));
  t.regex(shown, /^ {2}token: "\*\*\*" +# config\.yaml:1$/m);
  t.false(shown.includes('ret"'));
  t.regex(showConfig(load('')), /^ {2}token: null +# default$/m);
  t.throws(() => load(shown), { message: /control\.token must be the secret, not the \*\*\* that config show/ });
});

test('config check counts the proxies', (t) => {
  t.is(
    checkConfig('config.yaml', () => file),
    'config.yaml: ok, 2 proxies\n',
  );
  t.is(
    checkConfig('config.yaml', () => ''),
    'config.yaml: ok, 1 proxy\n',
  );
});

test('config check throws the problems of the file', (t) => {
  t.throws(() => checkConfig('config.yaml', () => 'upstrem: x'), {
    code: 'ERR_CONFIG',
    message: 'config.yaml:1:1: unknown key "upstrem" (did you mean "upstream"?)',
  });
});

test('config schema is a JSON schema', (t) => {
  t.like(configSchema(), { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' });
});
