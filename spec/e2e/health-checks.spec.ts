import { connect } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import type { Report } from '../../lib/report/report.js';
import { startBlackboxExporter } from '../support/blackbox-exporter.js';
import { type Control, startControl } from '../support/control.js';
import { findPrograms } from '../support/debian-package.js';
import { DEBIAN_PROGRAMS } from '../support/debian-programs.js';
import { runHaproxy } from '../support/haproxy.js';
import { backend, directSourceOf, HAPROXY_CHECKS, sourceOf } from '../support/haproxy-checks.js';
import { listening } from '../support/instance.js';
import { until } from '../support/rabbitmq/until.js';
import { runToEnd } from '../support/run-to-end.js';
import { sharedRabbitmq } from '../support/shared-rabbitmq.js';

/** How many connections show a period. */
const ENOUGH = 10;
/** How far a period may be from the real one. */
const TOLERANCE = 0.05;

type Programs = { readonly [name in keyof typeof DEBIAN_PROGRAMS]: string };
let programs: Programs;

test.before(async (t) => {
  t.timeout(300_000, 'installing packages can take minutes');
  const names = Object.keys(DEBIAN_PROGRAMS) as (keyof typeof DEBIAN_PROGRAMS)[];
  const found = await findPrograms(Object.values(DEBIAN_PROGRAMS), (line) => console.error(`# ${line}`));
  programs = Object.fromEntries(names.map((name, at) => [name, found[at]])) as Programs;
});

/** An instance in front of the shared broker: `plain`, and `balanced`, which accepts PROXY headers. */
async function startInstance(t: ExecutionContext): Promise<Control & { port(name: string): number }> {
  const upstream = `127.0.0.1:${sharedRabbitmq().port}`;
  const control = await startControl(
    t,
    `proxies:
  - {name: plain, listen: '127.0.0.1:0', upstream: '${upstream}'}
  - name: balanced
    listen: 127.0.0.1:0
    upstream: ${upstream}
    proxyProtocol: {accept: accept, trustedSources: [127.0.0.0/8]}
`,
  );
  const { proxies } = control.instance;
  return { ...control, port: (name) => listening(proxies.state(name)?.listen ?? '').port };
}

/** The reports of the connections from a source, oldest first. */
async function reportsOf({ call }: Control, matches: (report: Report) => boolean): Promise<readonly Report[]> {
  const { body } = await call('GET', '/reports?limit=1000');
  return (body as Report[]).filter(matches).reverse();
}

const isFrom =
  (source: string) =>
  ({ client }: Report): boolean =>
    client?.startsWith(`${source}:`) === true;

/** Waits for reports. */
async function untilReported(
  control: Control,
  matches: (report: Report) => boolean,
  count = 1,
): Promise<readonly Report[]> {
  const found = await until(async () => {
    const reports = await reportsOf(control, matches);
    return reports.length >= count && reports;
  }, 15_000);
  if (found === undefined)
    throw new Error(`fewer than ${count} reports: ${JSON.stringify(await reportsOf(control, matches))}`);
  return found;
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
  const [, level] = new RegExp(`\\[(\\w+)\\] <[\\d.]+> (?!accepting)[^\\n]*${about}`, 'i').exec(log) ?? [];
  return level;
}

test.serial(
  'every check of HAProxy is recognized, with its period and the level at which the broker logs it',
  async (t) => {
    t.timeout(60_000);
    const control = await startInstance(t);
    const log = sharedRabbitmq().log.mark();
    const sections = HAPROXY_CHECKS.flatMap((check, at) => [
      backend(`proxied-${at}`, check, sourceOf(at), control.port(check.proxy)),
      ...(check.proxy === 'plain' ? [backend(`direct-${at}`, check, directSourceOf(at), sharedRabbitmq().port)] : []),
    ]);
    const run = runHaproxy(t, programs.haproxy, sections.join(''));
    for (const [at, { name, style, what, confidence, inter }] of HAPROXY_CHECKS.entries()) {
      const matches = isFrom(sourceOf(at));
      const reports = await untilReported(control, matches, ENOUGH).catch((error) =>
        t.fail(`${name}: ${error} ${run.said}`),
      );
      if (reports === undefined) continue;
      const last = reports.at(-1) as Report;
      t.like(recognized(last), { style, what, confidence }, name);
      t.true(last.healthCheck, name);
      const { check } = control.instance.sources?.checks.find(({ source }) => source === sourceOf(at)) ?? {};
      const period = check?.periodMs ?? Number.NaN;
      t.true(Math.abs(period - inter) <= TOLERANCE * inter, `${name}: ${period} ms instead of ${inter} ms`);
      const level = levelOf(await log.text(), directSourceOf(at));
      // What is reset within a fraction of a millisecond mostly vanishes before the broker sees it.
      if (level !== undefined) t.is(last.reason.loggedAs, level as Report['reason']['loggedAs'], name);
      t.log(`${name}: ${period.toFixed(0)} ms, ${level}, ${JSON.stringify(recognized(last))}`);
    }
  },
);

test.serial('checks that follow the advice appear in the log of the broker only at debug', async (t) => {
  const log = sharedRabbitmq().log.mark();
  const [quiet] = HAPROXY_CHECKS;
  const source = '127.0.3.1';
  runHaproxy(t, programs.haproxy, backend('quiet', quiet as (typeof HAPROXY_CHECKS)[0], source, sharedRabbitmq().port));
  const about = (text: string): readonly string[] => text.split('\n').filter((line) => line.includes(`${source}:`));
  await log.waitFor((text) => about(text).length >= 10, 15_000);
  for (const line of about(await log.text())) t.regex(line, /\[debug\]/);
});

const FROM_LOCALHOST = isFrom('127.0.0.1');

test.serial("the blackbox exporter's modules are recognized, and the period of its scrapes", async (t) => {
  const control = await startInstance(t);
  const exporter = await startBlackboxExporter(t, programs.blackboxExporter);
  const port = control.port('plain');
  const timer = setInterval(() => void exporter.probe('rabbitmq', port), 250);
  t.teardown(() => clearInterval(timer));
  const reports = await untilReported(control, FROM_LOCALHOST, ENOUGH);
  clearInterval(timer);
  for (const report of reports) {
    t.true(report.healthCheck);
    t.like(recognized(report), { style: 'text', what: 'blackbox_exporter', confidence: 'certain', level: 'error' });
  }
  const { check } = control.instance.sources?.checks.find(({ proxy }) => proxy === 'plain') ?? {};
  t.true(Math.abs((check?.periodMs ?? 0) - 250) <= TOLERANCE * 250, `${check?.periodMs} ms`);

  const others = await startInstance(t);
  await exporter.probe('tcp_connect', others.port('plain'));
  await exporter.probe('http_2xx', others.port('plain'));
  await exporter.probe('rabbitmq_tls', others.port('plain'));
  const [tcp, http, tls] = (await untilReported(others, FROM_LOCALHOST, 3)).map(recognized);
  t.deepEqual(tcp, { style: 'no_data', what: 'local_tcp_check', confidence: 'possible', level: 'debug' });
  t.deepEqual(http, { style: 'http', what: 'blackbox_exporter', confidence: 'certain', level: 'error' });
  t.deepEqual(tls, { style: 'tls_hello', what: 'tls_client', confidence: 'possible', level: 'error' });
});

const LETTERS = ['-s', 'GGGGGGGG', '-e', 'AMQP'];
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
    args: (port) => plugin(port, ...LETTERS),
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
    expected: { style: 'no_data_reset', what: 'port_scan', confidence: 'possible', level: 'debug' },
  },
];

for (const { name, program, args, expected, agent = /./ } of RUNS) {
  test(`${name} is recognized`, async (t) => {
    const control = await startInstance(t);
    await runToEnd(program === 'bash' ? 'bash' : programs[program], args(control.port('plain')));
    const [report] = (await untilReported(control, FROM_LOCALHOST)) as [Report];
    t.deepEqual(recognized(report), expected);
    if (report.looksLike !== null) t.regex(report.looksLike.detail, agent);
  });
}

test('rabbitmq-diagnostics check_port_connectivity is recognized', async (t) => {
  const control = await startInstance(t);
  const { ctl, diagnostics } = sharedRabbitmq();
  // The proxy stands for a listener of the node: the command connects to every listener that the node has.
  const listener = (change: string): Promise<string> =>
    ctl('eval', `rabbit_networking:tcp_listener_${change}(amqp, [], {127,0,0,1}, ${control.port('plain')}).`);
  await listener('started');
  try {
    await diagnostics('check_port_connectivity');
  } finally {
    await listener('stopped');
  }
  const [report] = (await untilReported(control, FROM_LOCALHOST)) as [Report];
  t.deepEqual(recognized(report), {
    style: 'no_data',
    what: 'local_tcp_check',
    confidence: 'possible',
    level: 'debug',
  });
});

test('nmap -sV is recognized as a scan', async (t) => {
  t.timeout(60_000);
  const control = await startInstance(t);
  const args = ['-n', '-Pn', '-sV', '--version-all', '-p', `${control.port('plain')}`, '127.0.0.1'];
  const { code } = await runToEnd(programs.nmap, args, 50_000);
  t.is(code, 0);
  const reports = await untilReported(control, FROM_LOCALHOST, 3);
  t.is(reports.at(-1)?.healthCheckOf?.what, 'scan', JSON.stringify(reports.map(recognized)));
});

test('keepalived’s TCP_CHECK, played by a script, is recognized with its period', async (t) => {
  const control = await startInstance(t);
  const port = control.port('plain');
  // It connects, and closes as soon as it is connected.
  const timer = setInterval(() => {
    const socket = connect(port, '127.0.0.1', () => socket.destroy()).on('error', () => {});
  }, 200);
  t.teardown(() => clearInterval(timer));
  const reports = await untilReported(control, FROM_LOCALHOST, ENOUGH);
  t.like(recognized(reports.at(-1) as Report), { style: 'no_data', what: 'local_tcp_check', level: 'debug' });
  const { check } = control.instance.sources?.checks.find(({ proxy }) => proxy === 'plain') ?? {};
  t.true(Math.abs((check?.periodMs ?? 0) - 200) <= TOLERANCE * 200, `${check?.periodMs} ms`);
});
