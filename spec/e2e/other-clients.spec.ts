import test, { type ExecutionContext } from 'ava';
import { type DebianProgram, findPrograms } from '../support/debian-package.js';
import { DEBIAN_PROGRAMS } from '../support/debian-programs.js';
import { startProxy, type TestProxy } from '../support/proxy.js';
import { runToEnd } from '../support/run-to-end.js';
import { sharedRabbitmq } from '../support/shared-rabbitmq.js';

type Login = { readonly port: number; readonly user: string; readonly password: string; readonly vhost: string };

/** A publishing client: a program of this project that uses a library, or the library's own tool. */
type Client = DebianProgram & {
  readonly name: string;
  /** The client's own user, which identifies its lines in the broker's log. */
  readonly user: string;
  readonly args: (login: Login) => readonly string[];
  readonly handshake: Readonly<Record<string, unknown>>;
  readonly platform: RegExp;
  /** The Close that the client sends. */
  readonly close: { readonly code: number; readonly name: string | null; readonly text: string };
  /** The client's output for a refused login, and for a virtual host that does not exist. */
  readonly refused: RegExp;
  readonly notFound: RegExp;
  readonly exitCode: number;
  /** The stage at which the connection ends when the broker closes: the client sends Close-Ok, or disconnects. */
  readonly stageOfRefusal: 'closing' | 'closed';
};

const PASSWORD = 'Right-Pa55';
const WRONG = 'Wr0ng-Pa55';

const script = (name: string) => `spec/support/clients/${name}`;
const inOrder = ({ port, user, password, vhost }: Login) => [`${port}`, user, password, vhost];
const options = ({ port, user, password, vhost }: Login) =>
  ['--server=127.0.0.1', `--port=${port}`, `--username=${user}`, `--password=${password}`, `--vhost=${vhost}`] as const;

const AMQP_TOOLS: Client = {
  name: 'amqp-publish of rabbitmq-c',
  ...DEBIAN_PROGRAMS.amqpTools,
  user: 'rabbitmq-c',
  args: (login) => [...options(login), '--routing-key=other-clients', '--body=first'],
  handshake: { product: 'rabbitmq-c', mechanism: 'PLAIN', heartbeat: 0 },
  platform: /^Linux|Darwin$/,
  close: { code: 200, name: 'SUCCESS', text: '200' },
  refused: /server connection error 403, message: ACCESS_REFUSED - Login was refused/,
  notFound: /server connection error 530, message: NOT_ALLOWED - vhost \S+ not found/,
  exitCode: 1,
  stageOfRefusal: 'closing',
};

/** Programs that publish and consume. */
const SCRIPTS: readonly Client[] = [
  {
    name: 'pika (Python)',
    ...DEBIAN_PROGRAMS.pika,
    user: 'pika',
    args: (login) => [script('pika_client.py'), ...inOrder(login)],
    handshake: { product: 'Pika Python Client Library', mechanism: 'PLAIN', heartbeat: 60 },
    platform: /^Python 3\./,
    close: { code: 200, name: 'SUCCESS', text: 'Normal shutdown' },
    refused: /ProbableAuthenticationError: ConnectionClosedByBroker: \(403\) 'ACCESS_REFUSED/,
    notFound: /ProbableAccessDeniedError: ConnectionClosedByBroker: \(530\) 'NOT_ALLOWED - vhost \S+ not found'/,
    exitCode: 1,
    stageOfRefusal: 'closing',
  },
  {
    name: 'Bunny (Ruby)',
    ...DEBIAN_PROGRAMS.bunny,
    user: 'bunny',
    args: (login) => [script('bunny_client.rb'), ...inOrder(login)],
    handshake: { product: 'Bunny', mechanism: 'PLAIN', heartbeat: 60 },
    platform: /^ruby 3\./,
    close: { code: 200, name: 'SUCCESS', text: 'Goodbye' },
    refused: /Authentication with RabbitMQ failed\..*Bunny::AuthenticationFailureError/,
    notFound: /NOT_ALLOWED - vhost \S+ not found \(Bunny::NotAllowedError\)/,
    exitCode: 1,
    stageOfRefusal: 'closing',
  },
  {
    name: 'php-amqplib',
    ...DEBIAN_PROGRAMS.phpAmqplib,
    user: 'php-amqplib',
    args: (login) => [script('php_amqplib_client.php'), ...inOrder(login)],
    handshake: { product: 'AMQPLib', mechanism: 'AMQPLAIN', heartbeat: 0 },
    platform: /^PHP$/,
    close: { code: 0, name: null, text: '' },
    refused: /AMQPConnectionClosedException: ACCESS_REFUSED - Login was refused/,
    notFound: /AMQPConnectionClosedException: NOT_ALLOWED - vhost \S+ not found/,
    exitCode: 255,
    stageOfRefusal: 'closed',
  },
];

const CLIENTS = [AMQP_TOOLS, ...SCRIPTS];

const upstream = () => ({ host: '127.0.0.1', port: sharedRabbitmq().port });

let files: ReadonlyMap<Client, string>;

const run = (client: Client, login: Login) => runToEnd(files.get(client) as string, client.args(login));

test.before(async (t) => {
  // Packages may have to be installed.
  t.timeout(150_000);
  const found = await findPrograms(CLIENTS, (line) => console.error(`# ${line}`));
  files = new Map(CLIENTS.map((client, at) => [client, found[at] as string]));
  // One rabbitmqctl for all of them: each run takes a second.
  const users = CLIENTS.map(({ user }) => `<<"${user}">>`).join();
  const all = '<<".*">>';
  const addUser = `rabbit_auth_backend_internal:add_user(User, <<"${PASSWORD}">>, <<"spec">>)`;
  const permit = `rabbit_auth_backend_internal:set_permissions(User, <<"/">>, ${all}, ${all}, ${all}, <<"spec">>)`;
  await sharedRabbitmq().ctl('eval', `[begin ok = ${addUser}, ok = ${permit} end || User <- [${users}]].`);
});

/** Asserts that the oldest report is that of a connection which its client opened and closed. */
async function isOrderly(t: ExecutionContext, proxy: TestProxy, { user, handshake, platform, close }: Client) {
  const report = await proxy.nextReport();
  t.like(report, {
    decision: 'forward',
    stage: 'closed',
    upstream: `127.0.0.1:${upstream().port}`,
    reason: { name: 'connection_closed', term: null, severity: 'info', inferred: false },
    healthCheck: false,
    header: { hex: '414d515000000901' },
    connectionClose: { by: 'client', ...close },
    ended: { by: 'client' },
    handshake: {
      ...handshake,
      user,
      vhost: '/',
      serverProduct: 'RabbitMQ',
      serverVersion: sharedRabbitmq().version,
    },
  });
  t.regex(report.handshake?.version ?? '', /^\d+\.\d+\.\d+/);
  t.regex(report.handshake?.platform ?? '', platform);
  t.true((report.handshake?.channelMax ?? 0) > 0 && (report.handshake?.frameMax ?? 0) > 0);
  const { headerMs, upstreamConnectMs, startMs, tuneMs, tuneOkMs, openMs } = report.timing;
  const times = [headerMs, upstreamConnectMs, startMs, tuneMs, tuneOkMs, openMs] as number[];
  t.true(times.every((time) => time !== null && time < report.durationMs));
  t.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
    'the steps are in order',
  );
  const stages = proxy.stages.filter(({ id }) => id === report.id).map(({ stage }) => stage);
  t.deepEqual(stages, ['starting', 'tuning', 'opening', 'running', 'closing', 'closed']);
  return report;
}

/** The log line of a connection that ended cleanly. */
const closing = (user: string) =>
  new RegExp(`closing AMQP connection[^\\n]*vhost: '/', user: '${user}'[^\\n]*\\)\\n`, 'g');

for (const client of SCRIPTS) {
  test(`${client.name} publishes and consumes messages larger and smaller than a frame, and closes cleanly`, async (t) => {
    const proxy = await startProxy(t, upstream());
    const log = sharedRabbitmq().log.mark();
    const login = { port: proxy.port, user: client.user, password: PASSWORD, vhost: '/' };
    t.deepEqual(await run(client, login), { code: 0, stdout: 'consumed 5 300000 4\n', stderr: '' });
    const { octets } = await isOrderly(t, proxy, client);
    t.true(octets.received > 300_000 && octets.sent > 300_000);
    await t.notThrowsAsync(log.waitFor(closing(client.user)));
    t.is(proxy.reports.length, 1);
  });
}

test('the tools of rabbitmq-c declare, publish, get and consume, each on a connection that it closes cleanly', async (t) => {
  const proxy = await startProxy(t, upstream());
  const log = sharedRabbitmq().log.mark();
  const { user } = AMQP_TOOLS;
  const queue = `amqp-tools-${proxy.port}`;
  const login = options({ port: proxy.port, user, password: PASSWORD, vhost: '/' });
  const large = 'x'.repeat(100_000);
  const steps = [
    { run: ['amqp-declare-queue', `--queue=${queue}`], stdout: `${queue}\n` },
    { run: ['amqp-publish', `--routing-key=${queue}`, '--body=first'] },
    { run: ['amqp-publish', `--routing-key=${queue}`, `--body=${large}`] },
    { run: ['amqp-get', `--queue=${queue}`], stdout: 'first' },
    { run: ['amqp-consume', `--queue=${queue}`, '--count=1', 'cat'], stdout: large },
    { run: ['amqp-get', `--queue=${queue}`], code: 2, about: 'nothing is left' },
    { run: ['amqp-delete-queue', `--queue=${queue}`], stdout: '0\n' },
  ];
  for (const { run, stdout = '', code = 0, about } of steps) {
    const [tool = '', ...args] = run;
    t.deepEqual(await runToEnd(tool, [...login, ...args]), { code, stdout, stderr: '' }, about ?? tool);
    await isOrderly(t, proxy, AMQP_TOOLS);
  }
  await t.notThrowsAsync(log.waitFor((text) => text.match(closing(user))?.length === steps.length));
});

for (const client of CLIENTS) {
  const { name, user, exitCode, refused, notFound, stageOfRefusal: stage } = client;

  test(`${name} receives the broker’s own error for a wrong password, which is reported as auth_failure`, async (t) => {
    const proxy = await startProxy(t, upstream());
    const log = sharedRabbitmq().log.mark();
    const login = { user, password: WRONG, vhost: '/' };
    const ended = await run(client, { port: proxy.port, ...login });
    t.is(ended.code, exitCode);
    t.regex(ended.stderr, refused);
    const { mechanism, product } = client.handshake;
    const report = await proxy.nextReport();
    const term = `${mechanism} login refused: user '${user}' - invalid credentials`;
    t.like(report, {
      decision: 'forward',
      stage,
      reason: { name: 'auth_failure', term, severity: 'error', inferred: true },
      healthCheck: false,
      connectionClose: { by: 'upstream', code: 403, name: 'ACCESS_REFUSED' },
      timing: { tuneMs: null, openMs: null },
      handshake: { product, mechanism, user, vhost: null },
      ended: { by: 'client' },
    });
    t.true((report.timing.startMs ?? Infinity) < report.durationMs);
    t.false(JSON.stringify([report, proxy.accepting, proxy.stages]).includes(WRONG));
    await t.notThrowsAsync(log.waitFor((text) => text.includes(term)));
    t.deepEqual(ended, await run(client, { port: upstream().port, ...login }), 'as without the proxy');
  });

  test(`${name} receives the broker’s own error for a virtual host that does not exist, which is reported as vhost_not_found`, async (t) => {
    const proxy = await startProxy(t, upstream());
    const log = sharedRabbitmq().log.mark();
    const vhost = `nowhere-of-${user}`;
    const login = { user, password: PASSWORD, vhost };
    const ended = await run(client, { port: proxy.port, ...login });
    t.is(ended.code, exitCode);
    t.regex(ended.stderr, notFound);
    const { mechanism, product } = client.handshake;
    const report = await proxy.nextReport();
    const term = `vhost ${vhost} not found`;
    t.like(report, {
      decision: 'forward',
      stage,
      reason: { name: 'vhost_not_found', term, severity: 'error', inferred: false },
      healthCheck: false,
      connectionClose: { by: 'upstream', code: 530, name: 'NOT_ALLOWED', text: `NOT_ALLOWED - ${term}` },
      timing: { openMs: null },
      handshake: { product, mechanism, user, vhost },
      ended: { by: 'client' },
    });
    t.true((report.timing.tuneMs ?? Infinity) < report.durationMs);
    await t.notThrowsAsync(log.waitFor((text) => text.includes(term)));
    t.deepEqual(ended, await run(client, { port: upstream().port, ...login }), 'as without the proxy');
  });
}
