import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import test from 'ava';
import { parse } from 'yaml';
import { loadConfig } from '../../lib/config/load.js';
import { findPrograms } from '../support/debian-package.js';
import { DEBIAN_PROGRAMS } from '../support/debian-programs.js';
import { runToEnd } from '../support/run-to-end.js';

type Service = {
  readonly profiles?: readonly string[];
  readonly image: string;
  readonly build?: string | { readonly context: string; readonly target: string };
  readonly user?: string;
  readonly command?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly environment?: NodeJS.ProcessEnv;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly mem_limit?: string;
  readonly privileged?: boolean;
  readonly network_mode?: string;
  readonly stop_grace_period?: string;
};

const text = readFileSync('docker-compose.yml', 'utf8');
const compose = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const services = Object.entries(compose.services);
const dockerfile = readFileSync('Dockerfile', 'utf8');
const page = readFileSync('docs/docker.md', 'utf8');

function service(name: string): Service {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
}
const [rabbitmq, snare, haproxy, prometheus, grafana] = [
  service('rabbitmq'),
  service('snare'),
  service('haproxy'),
  service('prometheus'),
  service('grafana'),
];

/** The folders and files of the repository that a service mounts, and their places in the container. */
const mounts = ({ volumes = [] }: Service) =>
  volumes.map((volume) => volume.split(':')).filter(([here]) => here?.startsWith('./'));

/** The file of the repository that a service sees under a path. */
function onThisSide(of: Service, path: string): string {
  for (const [here = '', there = ''] of mounts(of)) {
    if (path === there) return posix.normalize(here);
    if (path.startsWith(`${there}/`)) return posix.join(here, posix.relative(there, path));
  }
  throw new Error(`${path} is not mounted`);
}

/** Splits `127.0.0.1:${AMQP_PORT:-5672}:5672` into the address, the variable, the published port and the container's port. */
const published = ({ ports = [] }: Service) =>
  ports.map((port) => {
    const [, address, variable, outside, inside] = /^(.+?):\$\{(\w+):-(\d+)\}:(\d+)$/.exec(port) ?? [];
    return { address, variable, outside, inside: Number(inside) };
  });
const containerPorts = (of: Service) => published(of).map(({ inside }) => inside);

/** Loaded as in the container: with its environment, and with the mounted files. */
const { config, warnings } = loadConfig({
  argv: {},
  env: snare.environment ?? {},
  readFile: (path) => readFileSync(onThisSide(snare, path), 'utf8'),
});
const control = `snare:${config.control?.listen.port}`;

let haproxyProgram: string;
let promtool: string;

test.before(async () => {
  const programs = [DEBIAN_PROGRAMS.haproxy, DEBIAN_PROGRAMS.promtool];
  [haproxyProgram = '', promtool = ''] = await findPrograms(programs, (line) => console.error(`# ${line}`));
});

for (const [name, { image, build, user, healthcheck, ...rest }] of services) {
  test(`${name}: its image is pinned by its exact version, or built here`, (t) => {
    if (build === undefined) t.regex(image, /^[\w/]+:v?\d+\.\d+\.\d+(-[a-z]+)?$/);
    else t.regex(image, /^rabbit-snare(-chaos-client)?$/);
  });

  test(`${name}: it has a health check, of its own or of the image that is built here`, (t) => {
    if (name === 'snare') t.regex(dockerfile, /^HEALTHCHECK /m);
    else t.regex(healthcheck?.test[0] ?? '', /^CMD(-SHELL)?$/);
  });

  test(`${name}: it is restricted, and does not run as root`, (t) => {
    t.true(rest.read_only);
    t.deepEqual(rest.cap_drop, ['ALL']);
    t.deepEqual(rest.security_opt, ['no-new-privileges:true']);
    t.deepEqual([rest.privileged, rest.network_mode], [undefined, undefined]);
    t.regex(rest.mem_limit ?? '', /^\d+[mg]$/);
    // The image that is built here has its own user.
    if (build === undefined) t.notRegex(user ?? 'root', /^(root|0)(:|$)/);
    else t.regex(dockerfile, /^USER [1-9]\d*$/m);
  });

  test(`${name}: what it mounts exists and cannot be changed from within`, (t) => {
    t.true(rest.volumes === undefined || mounts({ image, ...rest }).length > 0 || name === 'rabbitmq');
    for (const [here = '', , mode] of mounts({ image, ...rest })) {
      t.true(existsSync(here), here);
      t.is(mode, 'ro', here);
    }
    const named = (rest.volumes ?? []).filter((volume) => !volume.startsWith('./'));
    for (const volume of named) t.true((volume.split(':')[0] as string) in compose.volumes, volume);
  });

  test(`${name}: its ports are published on loopback only, and documented with their variables`, (t) => {
    const ports = published({ image, ...rest });
    t.true(ports.every(({ address }) => address === '127.0.0.1'));
    for (const { variable, outside } of ports) {
      t.regex(page, new RegExp(`\\| \`${variable}\` \\| \`?${outside}`));
      t.regex(text, new RegExp(`^# .*127\\.0\\.0\\.1:${outside}\\b`, 'm'));
    }
  });

  test(`${name}: it starts after what it needs is healthy`, (t) => {
    const needed = Object.entries(rest.depends_on ?? {});
    t.is(needed.length, name === 'rabbitmq' ? 0 : 1);
    for (const [other, { condition }] of needed) {
      t.true(other in compose.services);
      t.is(condition, 'service_healthy');
    }
  });
}

test('every volume is used, and every profile is described', (t) => {
  const used = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0] as string));
  for (const volume of Object.keys(compose.volumes)) t.true(used.includes(volume), volume);
  const profiles = [...new Set(services.flatMap(([, { profiles: own = [] }]) => own))].sort();
  t.deepEqual(profiles, ['chaos', 'lb', 'observe']);
  for (const profile of profiles) {
    t.regex(text, new RegExp(`^# {3}${profile} {2}`, 'm'));
    t.regex(page, new RegExp(`--profile ${profile}\\b`));
  }
});

test('the versions that the docs name are those of the compose file', (t) => {
  for (const [name, { image, build }] of services) if (build === undefined) t.true(page.includes(`\`${image}\``), name);
});

test('no two ports are published with the same variable or number', (t) => {
  const all = services.flatMap(([, each]) => published(each));
  t.is(new Set(all.map(({ variable }) => variable)).size, all.length);
  t.is(new Set(all.map(({ outside }) => outside)).size, all.length);
});

test('the config of the compose file is valid and mounted', (t) => {
  t.is(config.proxies.length, 1);
  t.deepEqual(warnings, []);
});

test('the proxy forwards to the broker and starts when the broker accepts AMQP', (t) => {
  t.deepEqual(config.proxies[0]?.upstream, { host: 'rabbitmq', port: 5672 });
  // `ping` succeeds too early.
  t.deepEqual(rabbitmq.healthcheck?.test, ['CMD', 'rabbitmq-diagnostics', '-q', 'check_port_connectivity']);
});

test('the broker runs as its own user, so its health check does too', (t) => {
  // A check as root before the broker starts would leave an Erlang cookie that the broker cannot read.
  t.is(rabbitmq.user, 'rabbitmq');
});

test('the dialect is the minor version of the broker', (t) => {
  t.is(config.proxies[0]?.dialect, /^rabbitmq:(\d+\.\d+)\./.exec(rabbitmq.image)?.[1]);
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
  t.true(containerPorts(snare).every((port) => port >= 1024));
});

test('the health check of the image reaches the control API', (t) => {
  t.true(dockerfile.includes(`/dev/tcp/127.0.0.1/${config.control?.listen.port} `));
});

test('the proxy writes no files, has 128 MiB, and leaves some of it to the commands that are run in its container', (t) => {
  t.deepEqual([config.reports.file, config.readyFile], [null, null]);
  t.is(snare.mem_limit, '128m');
  t.is(config.memoryLimit, 112 * 1024 ** 2);
});

test('open connections are drained before Docker kills the container', (t) => {
  // Not set, so Docker's default of 10 s applies.
  t.is(snare.stop_grace_period, undefined);
  t.true(config.drainTimeout < 10_000);
});

test('HAProxy accepts its configuration, and checks the proxy with and without a PROXY header', async (t) => {
  const file = onThisSide(haproxy, '/usr/local/etc/haproxy/haproxy.cfg');
  const { code, stdout, stderr } = await runToEnd(haproxyProgram, ['-c', '-f', file]);
  t.is(code, 0, `${stdout}${stderr}`);
  t.notRegex(`${stdout}${stderr}`, /WARNING|ALERT/);
  const cfg = readFileSync(file, 'utf8');
  const servers = [...cfg.matchAll(/^ {2}server snare (\S+) (.*)$/gm)];
  t.deepEqual([...new Set(servers.map(([, address]) => address))], [`snare:${config.proxies[0]?.listen.port}`]);
  t.true(servers.every(([, , options]) => options?.includes('check')));
  t.deepEqual(
    servers.map(([, , options]) => /send-proxy-v2/.test(options ?? '')),
    [true, false, false, false, false],
  );
  t.is(config.proxies[0]?.proxyProtocol.accept, 'accept');
  const ports = [...cfg.matchAll(/^ {2}bind :(\d+)$/gm)].map(([, port]) => Number(port));
  t.deepEqual(containerPorts(haproxy), ports);
});

test('the health check of HAProxy asks whether the broker has answered its check', (t) => {
  const [, command = ''] = haproxy.healthcheck?.test ?? [];
  t.regex(command, /:8404\/;csv' \| grep -q '\^amqp,snare,\.\*,L7OK,'$/);
});

test('Prometheus accepts its configuration, and scrapes the control API', async (t) => {
  const path = prometheus.command?.find((flag) => flag.startsWith('--config.file='))?.split('=')[1] ?? '';
  const file = onThisSide(prometheus, path);
  const { code, stdout, stderr } = await runToEnd(promtool, ['check', 'config', '--lint-fatal', file]);
  t.is(code, 0, `${stdout}${stderr}`);
  const { scrape_configs: jobs, rule_files: rules } = parse(readFileSync(file, 'utf8')) as {
    readonly scrape_configs: readonly [
      { readonly job_name: string; readonly static_configs: readonly [{ readonly targets: readonly string[] }] },
    ];
    readonly rule_files: readonly string[];
  };
  t.deepEqual(rules, ['rules.yml']);
  // The alert RabbitSnareDown and the health check name this job.
  t.is(jobs[0].job_name, 'rabbit-snare');
  t.regex(prometheus.healthcheck?.test[1] ?? '', /grep -q rabbit-snare$/);
  t.deepEqual(jobs[0].static_configs[0].targets, [control]);
});

test('Grafana finds its data source and its dashboard', (t) => {
  const provisioned = (path: string) =>
    parse(readFileSync(onThisSide(grafana, `/etc/grafana/provisioning/${path}`), 'utf8'));
  const { datasources } = provisioned('datasources/prometheus.yml') as {
    readonly datasources: readonly { readonly type: string; readonly url: string; readonly isDefault: boolean }[];
  };
  t.is(datasources.length, 1);
  t.like(datasources[0], {
    type: 'prometheus',
    url: `http://prometheus:${containerPorts(prometheus)[0]}`,
    isDefault: true,
  });
  const { providers } = provisioned('dashboards/rabbit-snare.yml') as {
    readonly providers: readonly { readonly options: { readonly path: string } }[];
  };
  const dashboard = `${providers[0]?.options.path}/rabbit-snare.json`;
  t.is(onThisSide(grafana, dashboard), 'config/grafana/rabbit-snare.json');
  t.is(grafana.environment?.['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH'], dashboard);
});

test('both chaos clients connect to the proxy, under different names, and only one is restarted', (t) => {
  const [resilient, fragile] = [service('resilient-client'), service('fragile-client')];
  const url = `amqp://guest:guest@snare:${config.proxies[0]?.listen.port}`;
  t.deepEqual(resilient.command, [url, '--name', 'resilient-client']);
  t.deepEqual(fragile.command, [url, '--name', 'fragile-client', '--fragile']);
  t.deepEqual(resilient.build, { context: '.', target: 'chaos-client' });
  t.regex(dockerfile, /^FROM runtime AS chaos-client$/m);
});
