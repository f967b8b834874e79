import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import test from 'ava';
import { parse } from 'yaml';
import { loadConfig } from '../../lib/config/load.js';

type Service = {
  readonly image: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly environment?: NodeJS.ProcessEnv;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly stop_grace_period?: string;
};

const { services } = parse(readFileSync('docker-compose.yml', 'utf8')) as {
  readonly services: { readonly rabbitmq: Service; readonly snare: Service };
};
const { rabbitmq, snare } = services;

/** Loaded as in the container: with its environment, and with the mounted files. */
const { config, warnings } = loadConfig({
  argv: {},
  env: snare.environment ?? {},
  readFile: (path) => readFileSync(onThisSide(path), 'utf8'),
});

function onThisSide(path: string): string {
  for (const volume of snare.volumes) {
    const [here = '', there = ''] = volume.split(':');
    if (path.startsWith(`${there}/`)) return posix.join(here, posix.relative(there, path));
  }
  throw new Error(`${path} is not mounted`);
}

/** Splits `127.0.0.1:15672:15672` into the address, the published port and the container's port. */
const published = ({ ports }: Service) => ports.map((port) => port.split(':'));
const containerPorts = (service: Service) => published(service).map((parts) => Number(parts.at(-1)));

test('the config of the compose file is valid and mounted', (t) => {
  t.is(config.proxies.length, 1);
  t.deepEqual(warnings, []);
});

test('the proxy forwards to the broker and starts when the broker accepts AMQP', (t) => {
  t.deepEqual(config.proxies[0]?.upstream, { host: 'rabbitmq', port: 5672 });
  t.is(snare.depends_on?.['rabbitmq']?.condition, 'service_healthy');
  // `ping` succeeds too early, and run as root it leaves a cookie that the broker cannot read.
  t.deepEqual(rabbitmq.healthcheck?.test, [
    'CMD',
    'gosu',
    'rabbitmq',
    'rabbitmq-diagnostics',
    '-q',
    'check_port_connectivity',
  ]);
});

test('the dialect is set to the broker’s major version', (t) => {
  const [, tag] = rabbitmq.image.split(':');
  t.is(config.proxies[0]?.dialect.split('.')[0], tag?.split('-')[0]?.split('.')[0]);
});

test('the management UI is the only published port of the broker', (t) => {
  t.deepEqual(containerPorts(rabbitmq), [15672]);
});

test('the proxy publishes exactly the ports that it listens on, and listens on every address', (t) => {
  const listeners = [...config.proxies.map(({ listen }) => listen), ...(config.control ? [config.control.listen] : [])];
  t.deepEqual(
    containerPorts(snare),
    listeners.map(({ port }) => port),
  );
  t.deepEqual([...new Set(listeners.map(({ host }) => host))], ['0.0.0.0']);
});

test('the health check of the image reaches the control API', (t) => {
  t.true(readFileSync('Dockerfile', 'utf8').includes(`http://127.0.0.1:${config.control?.listen.port}/healthz`));
});

test('ports are published on loopback only', (t) => {
  for (const [address, ...ports] of [...published(rabbitmq), ...published(snare)]) {
    t.is(address, '127.0.0.1');
    t.is(ports.length, 2);
  }
});

test('the proxy has only the privileges that its config requires', (t) => {
  t.true(snare.read_only);
  t.deepEqual(snare.cap_drop, ['ALL']);
  t.deepEqual(snare.security_opt, ['no-new-privileges:true']);
  t.deepEqual([config.reports.file, config.readyFile], [null, null]);
  t.true(containerPorts(snare).every((port) => port >= 1024));
});

test('open connections are drained before Docker kills the container', (t) => {
  // Not set, so Docker's default of 10 s applies.
  t.is(snare.stop_grace_period, undefined);
  t.true(config.drainTimeout < 10_000);
});
