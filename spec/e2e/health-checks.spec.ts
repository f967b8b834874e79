import { connect } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { median } from '../../lib/health-check/cadence.js';
import type { HealthCheckRow } from '../../lib/health-check/health-check-row.js';
import { Sources } from '../../lib/health-check/sources.js';
import type { Report } from '../../lib/report/report.js';
import { startBlackboxExporter } from '../support/blackbox-exporter.js';
import { type Control, startControl } from '../support/control.js';
import { findPrograms } from '../support/debian-package.js';
import { DEBIAN_PROGRAMS } from '../support/debian-programs.js';
import { runHaproxy } from '../support/haproxy.js';
import { backend, directSourceOf, HAPROXY_CHECKS, proxyOf, VANISHED } from '../support/haproxy-checks.js';
import { listening } from '../support/instance.js';
import { startProxy, type TestProxy } from '../support/proxy.js';
import { until } from '../support/rabbitmq/until.js';
import { runToEnd } from '../support/run-to-end.js';
import { sharedRabbitmq } from '../support/shared-rabbitmq.js';

/** How many connections show a period. */
const ENOUGH = 6;
/** How far a period may be from the real one. */
const TOLERANCE = 0.05;

const { blackboxExporter, checkTcp, curl, haproxy, netcat, nmap, openssl } = DEBIAN_PROGRAMS;
const CHECKERS = { blackboxExporter, checkTcp, curl, haproxy, netcat, nmap, openssl } as const;
type Programs = { readonly [name in keyof typeof CHECKERS]: string };
let programs: Programs;

test.before(async (t) => {
  t.timeout(300_000, 'installing packages can take minutes');
  const names = Object.keys(CHECKERS) as (keyof typeof CHECKERS)[];
  const found = await findPrograms(Object.values(CHECKERS), (line) => console.error(`# ${line}`));
  programs = Object.fromEntries(names.map((name, at) => [name, found[at]])) as Programs;
});

const upstream = () => ({ host: '127.0.0.1', port: sharedRabbitmq().port });

/** An instance with proxies in front of the shared broker, by name; `true` for those that accept PROXY headers. */
async function startInstance(
  t: ExecutionContext,
  names: Readonly<Record<string, boolean>>,
): Promise<Control & { port(name: string): number }> {
  const address = `127.0.0.1:${upstream().port}`;
  const balanced = '\n    proxyProtocol: {accept: accept, trustedSources: [127.0.0.0/8]}';
  const proxies = Object.entries(names).map(
    ([name, isBalanced]) => `
  - name: ${name}
    listen: 127.0.0.1:0
    upstream: ${address}${isBalanced ? balanced : ''}`,
  );
  const control = await startControl(t, `proxies:${proxies.join('')}\n`);
  return {
    ...control,
    port: (name) => listening(control.instance.proxies.state(name)?.listen ?? '').port,
  };
}

/** A proxy in front of the shared broker that remembers its sources. */
const startPlain = (t: ExecutionContext): Promise<TestProxy> =>
  startProxy(t, upstream(), { sources: new Sources(100) });

/**
 * Waits until `GET /health-checks` has one periodic check at a proxy, with the period that its reports show. While the machine
 * is too busy to accept connections in time, there may be none, or several.
 */
async function untilEstablished(
  control: Control,
  proxy: string,
): Promise<HealthCheckRow & { readonly periodMs: number }> {
  let seen: unknown;
  const found = await until(async () => {
    const { body } = await control.call('GET', `/health-checks?proxy=${proxy}`);
    const period = await periodOf(control, proxy);
    seen = [body, period];
    const [row] = (body as { readonly sources: readonly HealthCheckRow[] }).sources;
    if (!row?.established || row.count < ENOUGH || row.periodMs === null) return false;
    return Math.abs(row.periodMs - period) <= TOLERANCE * period && { ...row, periodMs: row.periodMs };
  }, 25_000);
  if (found === undefined) throw new Error(`no period, or a wrong one, is known: ${JSON.stringify(seen)}`);
  return found;
}

/** The period that the last reports of a proxy show, in ms. */
async function periodOf({ call }: Control, proxy: string): Promise<number> {
  const { body } = await call('GET', `/reports?limit=1000&proxy=${proxy}`);
  const times = (body as readonly Report[]).map(({ at }) => Date.parse(at)).reverse();
  return median(Float64Array.from(times.slice(1), (time, at) => time - (times[at] as number)));
}

/** What a report says about the program that connected. */
const recognized = ({ healthCheckStyle, healthCheckOf, reason }: Report) => ({
  style: healthCheckStyle,
  what: healthCheckOf?.what ?? null,
  confidence: healthCheckOf?.confidence ?? null,
  level: reason.loggedAs,
});

/** The level of a broker's entry about the end of a connection from a source; undefined if it logged none. */
function levelOf(log: string, source: string): string | undefined {
  const about = `\\(?${source.replaceAll('.', '\\.')}:\\d+ -> `;
  return new RegExp(`\\[(\\w+)\\] <[\\d.]+> (?!accepting)[^\\n]*${about}`, 'i').exec(log)?.[1];
}

test.serial(
  'every check of HAProxy is recognized, with its period and the level at which the broker logs it',
  async (t) => {
    t.timeout(60_000);
    const balanced = HAPROXY_CHECKS.map(({ isBalanced }, at) => [proxyOf(at), isBalanced] as const);
    const control = await startInstance(t, Object.fromEntries(balanced));
    const log = sharedRabbitmq().log.mark();
    const sections = HAPROXY_CHECKS.flatMap((check, at) => [
      backend(`proxied-${at}`, check, '127.0.0.1', control.port(proxyOf(at))),
      ...(!check.isBalanced
        ? [backend(`direct-${at}`, { ...check, inter: 3_000 }, directSourceOf(at), upstream().port)]
        : []),
    ]);
    const run = runHaproxy(t, programs.haproxy, sections.join(''));
    for (const [at, { name, style, what, confidence, period, mayVanish }] of HAPROXY_CHECKS.entries()) {
      const found = await untilEstablished(control, proxyOf(at)).catch((error) =>
        t.fail(`${name}: ${error} ${run.said}`),
      );
      if (found === undefined) continue;
      const { guess, broker, periodMs } = found;
      const isGone = mayVanish && found.style === VANISHED.style;
      t.like({ ...found, ...guess }, isGone ? VANISHED : { style, what, confidence }, name);
      // The next check comes this long after the end of the last one, on a busy machine later.
      t.true(periodMs > 0.9 * period && periodMs < 1.5 * period, `${name}: ${periodMs} ms instead of ${period} ms`);
      // What is reset within a fraction of a millisecond mostly vanishes before the broker sees it.
      const level = levelOf(await log.text(), directSourceOf(at));
      if (level !== undefined && !isGone) t.is(broker.level, level as typeof broker.level, name);
      t.log(`${name}: ${periodMs} ms, ${guess?.what}, ${broker.level}, by the broker itself: ${level}`);
    }
  },
);

test.serial('checks of HAProxy that follow the advice appear in the log of the broker only at debug', async (t) => {
  const log = sharedRabbitmq().log.mark();
  const quiet = { lines: ['option tcp-check', 'tcp-check connect linger'], options: 'check', inter: 100 };
  const source = '127.0.3.1';
  runHaproxy(t, programs.haproxy, backend('quiet', quiet, source, upstream().port));
  const about = (text: string): readonly string[] => text.split('\n').filter((line) => line.includes(`${source}:`));
  await log.waitFor((text) => about(text).length >= 10, 15_000);
  for (const line of about(await log.text())) t.regex(line, /\[debug\]/);
});

test.serial("the blackbox exporter's module for RabbitMQ is recognized, with the period of its scrapes", async (t) => {
  const control = await startInstance(t, { plain: false });
  const exporter = await startBlackboxExporter(t, programs.blackboxExporter);
  const scrape = () => exporter.probe('rabbitmq', control.port('plain')).catch(() => {});
  const timer = setInterval(scrape, 500);
  t.teardown(() => clearInterval(timer));
  const { style, guess, broker } = await untilEstablished(control, 'plain');
  clearInterval(timer);
  t.is(style, 'text');
  t.like(guess, { what: 'blackbox_exporter', confidence: 'certain' });
  t.is(broker.level, 'error');
});

test.serial("the blackbox exporter's other modules are recognized", async (t) => {
  const exporter = await startBlackboxExporter(t, programs.blackboxExporter);
  for (const [module, expected] of [
    ['tcp_connect', { style: 'no_data', what: 'local_tcp_check', confidence: 'possible', level: 'debug' }],
    ['http_2xx', { style: 'http', what: 'blackbox_exporter', confidence: 'certain', level: 'error' }],
    ['rabbitmq_tls', { style: 'tls_hello', what: 'tls_client', confidence: 'possible', level: 'error' }],
  ] as const) {
    const proxy = await startPlain(t);
    await exporter.probe(module, proxy.port);
    t.deepEqual(recognized(await proxy.nextReport()), expected, module);
  }
});

const plugin = (port: number, ...args: readonly string[]): readonly string[] => [
  '-H',
  '127.0.0.1',
  '-p',
  `${port}`,
  ...args,
];

/** Programs that make one connection each. */
const RUNS: readonly {
  readonly name: string;
  readonly program: keyof Programs | 'bash';
  readonly args: (port: number) => readonly string[];
  readonly expected: ReturnType<typeof recognized>;
  /** What it is recognized as if the proxy accepts it before it resets. */
  readonly ifAccepted?: string;
  /** In `looksLike.detail`. */
  readonly agent?: RegExp;
}[] = [
  {
    name: 'check_tcp',
    program: 'checkTcp',
    args: (port) => plugin(port),
    expected: { style: 'no_data', what: 'local_tcp_check', confidence: 'possible', level: 'debug' },
  },
  {
    name: 'check_tcp with eight letters that expects AMQP',
    program: 'checkTcp',
    args: (port) => plugin(port, '-s', 'GGGGGGGG', '-e', 'AMQP'),
    expected: { style: 'text', what: 'eight_letters', confidence: 'likely', level: 'error' },
  },
  {
    name: 'nc -z',
    program: 'netcat',
    args: (port) => ['-z', '127.0.0.1', `${port}`],
    expected: { style: 'no_data', what: 'local_tcp_check', confidence: 'possible', level: 'debug' },
  },
  {
    name: '/dev/tcp of bash',
    program: 'bash',
    args: (port) => ['-c', `exec 3<>/dev/tcp/127.0.0.1/${port}`],
    expected: { style: 'no_data', what: 'local_tcp_check', confidence: 'possible', level: 'debug' },
  },
  {
    name: 'curl',
    program: 'curl',
    args: (port) => ['--silent', '--max-time', '5', `http://127.0.0.1:${port}/`],
    expected: { style: 'http', what: 'curl', confidence: 'certain', level: 'error' },
    agent: /\. Its User-Agent is curl\/\d/,
  },
  {
    name: 'curl with HTTPS',
    program: 'curl',
    args: (port) => ['--silent', '--max-time', '5', `https://127.0.0.1:${port}/`],
    expected: { style: 'tls_hello', what: 'https_client', confidence: 'likely', level: 'error' },
  },
  {
    name: 'openssl s_client',
    program: 'openssl',
    args: (port) => ['s_client', '-connect', `127.0.0.1:${port}`],
    expected: { style: 'tls_hello', what: 'tls_client', confidence: 'possible', level: 'error' },
  },
  {
    name: 'nmap -sT',
    program: 'nmap',
    args: (port) => ['-n', '-Pn', '-sT', '-p', `${port}`, '127.0.0.1'],
    expected: { style: 'no_data_reset', what: 'reset_at_once', confidence: 'possible', level: 'debug' },
    ifAccepted: 'port_scan',
  },
];

for (const { name, program, args, expected, ifAccepted, agent } of RUNS) {
  test.serial(`${name} is recognized`, async (t) => {
    const proxy = await startPlain(t);
    await runToEnd(program === 'bash' ? 'bash' : programs[program], args(proxy.port));
    const report = await proxy.nextReport();
    const what = report.client === null ? expected.what : (ifAccepted ?? expected.what);
    t.deepEqual(recognized(report), { ...expected, what });
    if (agent) t.regex(report.looksLike?.detail ?? '', agent);
  });
}

test('rabbitmq-diagnostics check_port_connectivity is recognized', async (t) => {
  const proxy = await startPlain(t);
  const { ctl, diagnostics } = sharedRabbitmq();
  // The command connects to every listener of the node. The proxy stands for one of them.
  const listener = (change: string): Promise<string> =>
    ctl('eval', `rabbit_networking:tcp_listener_${change}(amqp, [], {127,0,0,1}, ${proxy.port}).`);
  await listener('started');
  try {
    await diagnostics('check_port_connectivity');
  } finally {
    await listener('stopped');
  }
  const expected = { style: 'no_data', what: 'local_tcp_check', confidence: 'possible', level: 'debug' } as const;
  t.deepEqual(recognized(await proxy.nextReport()), expected);
});

test('nmap -sV is recognized as a scan', async (t) => {
  t.timeout(60_000);
  const proxy = await startPlain(t);
  const args = ['-n', '-Pn', '-sV', '--version-all', '-p', `${proxy.port}`, '127.0.0.1'];
  t.is((await runToEnd(programs.nmap, args, 50_000)).code, 0);
  const scan = await proxy.nextReport(({ healthCheckOf }) => healthCheckOf?.what === 'scan');
  t.is(scan.healthCheckOf?.confidence, 'likely');
});

test('keepalived’s TCP_CHECK, played by a script, is recognized with its period', async (t) => {
  const control = await startInstance(t, { plain: false });
  // It connects, and closes as soon as it is connected.
  const timer = setInterval(() => {
    const socket = connect(control.port('plain'), '127.0.0.1', () => socket.destroy()).on('error', () => {});
  }, 500);
  t.teardown(() => clearInterval(timer));
  const { style, guess, broker } = await untilEstablished(control, 'plain');
  t.is(style, 'no_data');
  t.like(guess, { what: 'local_tcp_check', confidence: 'possible' });
  t.is(broker.level, 'debug');
});
