import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AMQPClient } from '@cloudamqp/amqp-client';
import test, { type ExecutionContext } from 'ava';
import { parse, stringify } from 'yaml';
import { ascii, protocolHeader } from '../support/bytes.js';
import { findPrograms } from '../support/debian-package.js';
import { DEBIAN_PROGRAMS } from '../support/debian-programs.js';
import { DASHBOARD, EXPRESSIONS, substituted } from '../support/grafana.js';
import { listening } from '../support/instance.js';
import { startProgram, temporaryDirectory, untilReady } from '../support/program.js';
import { checkMetrics, type Prometheus, startPrometheus } from '../support/prometheus.js';
import { until } from '../support/rabbitmq/until.js';
import { runToEnd } from '../support/run-to-end.js';
import { deadPort, type Listening } from '../support/server.js';
import { dialWire } from '../support/wire.js';

const SCRAPE = 'config/prometheus/scrape.yml';
const RULES = 'config/prometheus/rules.yml';
const TOKEN = 'a-token-for-prometheus';

type Rules = {
  readonly groups: readonly {
    readonly rules: readonly { readonly record?: string; readonly alert?: string; readonly expr: string }[];
  }[];
};
const rules = (parse(readFileSync(RULES, 'utf8')) as Rules).groups.flatMap((group) => group.rules);

let prometheus: string;
let promtool: string;

test.before(async (t) => {
  t.timeout(300_000, 'installing packages can take minutes');
  const programs = [DEBIAN_PROGRAMS.prometheus, DEBIAN_PROGRAMS.promtool];
  [prometheus = '', promtool = ''] = await findPrograms(programs, (line) => console.error(`# ${line}`));
});

/** The proxies of a real instance with a token, by name. */
type Proxies = { readonly amqp: Listening; readonly impatient: Listening; readonly unreachable: Listening };

async function startInstance(t: ExecutionContext): Promise<{ readonly control: string; readonly proxies: Proxies }> {
  const directory = temporaryDirectory(t);
  const [config, readyFile] = [join(directory, 'snare.yaml'), join(directory, 'ready.json')];
  const proxy = (name: string, settings: object) => ({
    name,
    listen: '127.0.0.1:0',
    upstream: 'stand-in',
    ...settings,
  });
  const proxies = [
    proxy('amqp', { faults: [{ type: 'latency', name: 'slow', attributes: { latency: 1 } }] }),
    proxy('impatient', { handshakeTimeout: '50ms' }),
    proxy('unreachable', { upstream: `127.0.0.1:${await deadPort()}` }),
  ];
  const control = { listen: '127.0.0.1:0', token: TOKEN };
  const reports = { file: join(directory, 'reports.jsonl') };
  const all = { proxies, control, reports, readyFile, memoryLimit: '4GiB', invisibleChecks: 'on' };
  writeFileSync(config, stringify(all));
  const ready = await untilReady(startProgram(t, ['run', '--config', config]), readyFile);
  const listens = ready.proxies.map(({ name, listen }) => [name, listening(listen)]);
  return { control: ready.control ?? '', proxies: Object.fromEntries(listens) as Proxies };
}

/** Starts a Prometheus with the configuration of the package that scrapes an instance each second. */
async function scraping(t: ExecutionContext, control: string): Promise<Prometheus> {
  const directory = temporaryDirectory(t);
  const [file, token] = [join(directory, 'prometheus.yml'), join(directory, 'token')];
  writeFileSync(token, `${TOKEN}\n`);
  const config = parse(readFileSync(SCRAPE, 'utf8'));
  config.global = { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' };
  config.rule_files = [resolve(RULES)];
  Object.assign(config.scrape_configs[0], {
    static_configs: [{ targets: [new URL(control).host] }],
    authorization: { credentials_file: token },
  });
  writeFileSync(file, stringify(config));
  return await startPrometheus(t, prometheus, file);
}

/** Makes connections of several kinds, and waits for their ends. */
async function connectInAllWays(t: ExecutionContext, { amqp, impatient, unreachable }: Proxies): Promise<void> {
  const login = async (): Promise<void> => {
    const client = new AMQPClient(`amqp://guest:guest@${amqp.host}:${amqp.port}`);
    client.onerror = () => {};
    await client.connect();
    await client.close();
  };
  const send = async (to: Listening, octets: Uint8Array): Promise<void> => {
    const wire = await dialWire(t, to);
    if (octets.length > 0) await wire.send(octets);
    await wire.how();
  };
  const check = async (): Promise<void> => {
    // Where no fault acts on it.
    const wire = await dialWire(t, unreachable);
    wire.fin();
    await wire.how();
  };
  await Promise.all([
    login(),
    check(),
    send(unreachable, ascii('amqp0091')),
    send(impatient, new Uint8Array()),
    send(unreachable, protocolHeader(0, 0, 9, 1)),
  ]);
}

/** Returns what has no data. A quantile of a histogram without observations, which is NaN, is no data. */
async function withoutData(db: Prometheus, expressions: readonly string[]): Promise<readonly string[]> {
  const results = await Promise.all(expressions.map((expression) => db.query(expression)));
  return expressions.filter((_, at) => (results[at] ?? []).every(({ value }) => Number.isNaN(value)));
}

test('promtool accepts the configuration, also with a token, and the rules', async (t) => {
  const directory = temporaryDirectory(t);
  const token = join(directory, 'token');
  writeFileSync(token, TOKEN);
  const text = readFileSync(SCRAPE, 'utf8');
  const [withToken, whole] = [
    join(directory, 'scrape.yml'),
    text.replace(/^( +)# (?=authorization:| +credentials_file)/gm, '$1'),
  ];
  writeFileSync(withToken, whole.replace('/etc/prometheus/rabbit-snare.token', token));
  writeFileSync(join(directory, 'rules.yml'), readFileSync(RULES));
  t.regex(readFileSync(withToken, 'utf8'), /^ {4}authorization:\n {6}credentials_file: \//m);
  for (const file of [SCRAPE, withToken]) {
    const { code, stdout, stderr } = await runToEnd(promtool, ['check', 'config', '--lint-fatal', file]);
    t.is(code, 0, `${stdout}${stderr}`);
  }
  const { code, stdout, stderr } = await runToEnd(promtool, ['check', 'rules', '--lint-fatal', RULES]);
  t.is(code, 0, `${stdout}${stderr}`);
});

test('each alert fires when it should, and not otherwise', async (t) => {
  const file = 'spec/fixtures/prometheus/rules.test.yml';
  const { code, stdout, stderr } = await runToEnd(promtool, ['test', 'rules', file]);
  t.is(code, 0, `${stdout}${stderr}`);
  const tested = readFileSync(file, 'utf8');
  for (const { alert } of rules) if (alert !== undefined) t.regex(tested, new RegExp(`${alert}[^]*${alert}`), alert);
});

test('every expression of the dashboard and the rules returns data in a real Prometheus', async (t) => {
  t.timeout(120_000, 'a rate needs two scrapes, and Prometheus takes its time on a busy machine');
  const { control, proxies } = await startInstance(t);
  await dialWire(t, proxies.amqp);
  const db = await scraping(t, control);
  const selectors = rules.flatMap(
    ({ expr }) => expr.match(/(?<![:\w])(?:up|rabbit_snare_\w+)(?![:\w])(?:\{[^}]*\})?/g) ?? [],
  );
  const all = [
    ...EXPRESSIONS.map(({ expr }) => substituted(expr)),
    ...rules.flatMap(({ record, expr }) => (record === undefined ? [] : [record, expr])),
    ...selectors,
  ];
  let missing: readonly string[] = [...new Set(all)];
  const complete = await until(async () => {
    await connectInAllWays(t, proxies);
    missing = await withoutData(db, missing);
    return missing.length === 0;
  }, 90_000);
  t.true(complete, missing.join('\n'));

  // These series began at 0, so the first of these connections was seen as an increase.
  for (const [proxy, decision, reason] of [
    ['impatient', 'refuse', 'handshake_timeout'],
    ['unreachable', 'forward', 'upstream_unreachable'],
    ['unreachable', 'refuse', 'bad_header'],
  ] as const) {
    const counted = await db.query(`rabbit_snare_connections_total{proxy="${proxy}", reason="${reason}"} > 0`);
    t.deepEqual(
      counted.map(({ metric }) => metric['decision']),
      [decision],
      reason,
    );
  }

  const loaded = await until(async () => {
    const found = await db.rules();
    return found.every(({ health }) => health !== 'unknown') && found;
  }, 10_000);
  t.deepEqual(
    loaded?.map(({ name, health, lastError }) => ({ name, health, lastError })),
    rules.map(({ record, alert }) => ({ name: record ?? alert ?? '', health: 'ok', lastError: undefined })),
  );
  for (const { name, type, query } of DASHBOARD.templating.list) {
    if (type !== 'query' || typeof query === 'string') continue;
    const [, matching = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(query.query) ?? [];
    const found = await db.labelValues(label, substituted(matching));
    if (name === 'proxy') t.deepEqual(found, Object.keys(proxies).sort());
    else t.is(found.length, 1, name);
  }

  const headers = { Authorization: `Bearer ${TOKEN}` };
  const { code, stdout, stderr } = await checkMetrics(
    t,
    promtool,
    await (await fetch(`${control}/metrics`, { headers })).text(),
  );
  t.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '', stderr: '' });
});
