import test, { type ExecutionContext } from 'ava';
import type { Reason } from '../../lib/amqp/reason.js';
import { Log } from '../../lib/report/log.js';
import type { Report } from '../../lib/report/report.js';
import { hex } from '../support/bytes.js';
import { ManualClock } from '../support/manual-clock.js';
import { MemoryStream } from '../support/memory-stream.js';
import { startProxy } from '../support/proxy.js';
import { contextOf, dialTls, pem } from '../support/secure-wire.js';
import { type TlsCase, type TlsOutcome, tlsListeners } from '../support/tls-listeners.js';
import { startUpstream } from '../support/upstream.js';
import { dialWire, type Wire } from '../support/wire.js';

const VERSIONS = ['3.8.9', '3.10.8', '4.0.5', '4.3.6'];

/**
 * Differences between OpenSSL and Erlang: RabbitMQ 3.x accepts TLS 1.0 and 1.1, Erlang/OTP 23 has no TLS 1.3, OTP 25 logs
 * one more notice about a warning, and OTP 25 and 27 log a close_notify after the ServerHello of TLS 1.3.
 */
const DIFFERENT: readonly (readonly [name: RegExp, versions: readonly string[]])[] = [
  [/^hello 1\.[01]$/, ['3.8.9', '3.10.8']],
  [/^hello 1\.3 then/, ['3.8.9']],
  [/^alert warning 90$/, ['3.10.8']],
  [/^hello 1\.3 then close_notify$/, ['3.10.8', '4.0.5']],
];

const isDifferent = (name: string, version: string): boolean =>
  DIFFERENT.some(([pattern, versions]) => pattern.test(name) && versions.includes(version));

/** A proxy with a TLS port, and its log in RabbitMQ's format. */
async function start(t: ExecutionContext, dialect: string, ca?: string) {
  const clock = new ManualClock();
  const stream = new MemoryStream();
  const log = new Log({ format: 'rabbitmq', level: 'debug', stream, now: () => clock.wall(), dialect });
  const tls = { credentials: { secureContext: contextOf('server', ca) }, requestCert: ca !== undefined };
  const proxy = await startProxy(t, await startUpstream(t), { tls, dialect, clock });
  proxy.proxy.on('report', (report: Report, reason: Reason) => log.report(report, reason));
  return { clock, stream, proxy };
}

type Started = Awaited<ReturnType<typeof start>>;

/** Waits until the proxy has read everything that the client sent, and acted on it. */
async function settled({ proxy }: Started, length: number): Promise<void> {
  const received = () =>
    proxy.reports.length > 0 || (proxy.proxy.openConnections()[0]?.octets.received ?? -1) >= length;
  while (!received()) await new Promise(setImmediate);
  // TLS answers a few turns later.
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}

/** How the proxy answers a case, in the form of the fixture. */
async function play(started: Started, client: Wire, { steps }: TlsCase, at: 0 | 5000): Promise<TlsOutcome> {
  const { clock, stream, proxy } = started;
  let length = 0;
  for (const step of steps) {
    if (step === 'fin') client.fin();
    else if (step === 'rst') client.rst();
    else if ('send' in step) {
      length += step.send.length / 2;
      await client.send(hex(step.send));
    } else await settled(started, length);
  }
  if (at > 0) {
    await settled(started, length);
    clock.advance(4_999);
    await new Promise(setImmediate);
    if (proxy.reports.length === 0) clock.advance(1);
  }
  const isReset = steps.includes('rst');
  const end = isReset ? 'client-rst' : await client.how();
  await proxy.nextReport();
  const received = client.received.toString('hex');
  return { received: summary(received), end, at: clock.ticks() === 5_000 ? 5_000 : 0, log: linesOf(stream, client) };
}

/** A ServerHello contains random octets. */
function summary(received: string): string {
  if (received.length < 40) return received;
  const last = received.slice(-14);
  return `hello${last.startsWith('150303') ? last : ''}`;
}

function linesOf({ text }: MemoryStream, { address }: Pick<Wire, 'address'>): string[] {
  const lines = text.replaceAll(address, 'CLIENT').split('\n');
  return lines.filter(Boolean).map((line) => line.replace(/^[^[]*(\[\w+\]) <[\d.]+> ?/, '$1 ').trimEnd());
}

/** Erlang's line numbers differ between its releases. */
const withoutPlaces = (outcome: TlsOutcome): TlsOutcome => ({
  ...outcome,
  log: outcome.log.map((line) => line.replace(/\.erl:\d+/g, '.erl')),
});

for (const version of VERSIONS) {
  for (const each of tlsListeners.cases) {
    const expected = each.outcomes[version];
    if (expected === undefined || isDifferent(each.name, version)) continue;
    test(`${version}: '${each.name}' on a TLS port is answered, closed and logged as by the broker`, async (t) => {
      const started = await start(t, version);
      const client = await dialWire(t, started.proxy);
      const outcome = await play(started, client, each, expected.at);
      t.deepEqual(withoutPlaces(outcome), withoutPlaces(expected));
    });
  }
}

const SELF_SIGNED = { cert: pem('self-signed'), key: pem('self-signed-key') };
const NONE = { cert: undefined, key: undefined };

// Measured with verify_peer and fail_if_no_peer_cert on 3.10.8, 4.0.5 and 4.3.6.
for (const [certificate, version, options, state, name, title, before, since] of [
  [
    'no certificate',
    'TLSv1.2',
    NONE,
    'certify',
    'handshake_failure',
    'Handshake Failure',
    'no_client_certificate_provided',
    'no_client_certificate_provided',
  ],
  [
    'no certificate',
    'TLSv1.3',
    NONE,
    'wait_cert',
    'certificate_required',
    'Certificate required',
    'certificate_required',
    'certificate_required',
  ],
  [
    'a self-signed certificate',
    'TLSv1.2',
    SELF_SIGNED,
    'certify',
    'bad_certificate',
    'Bad Certificate',
    null,
    'selfsigned_peer',
  ],
  [
    'a self-signed certificate',
    'TLSv1.3',
    SELF_SIGNED,
    'wait_cert',
    'bad_certificate',
    'Bad Certificate',
    null,
    'selfsigned_peer',
  ],
] as const) {
  const sentence = `TLS server: In state ${state} at FILE generated SERVER ALERT: Fatal - ${title}`;
  const notice = (detail: string | null) => `[notice] ${sentence}\n[notice]${detail === null ? '' : `  - ${detail}`}`;
  for (const [dialect, close, entry] of [
    ['3.10.8', 'rst', notice(before)],
    ['4.0.5', 'fin', notice(since)],
    [
      '4.3.6',
      'fin',
      `[error] {tls_alert,{${name},"${sentence}\\n ${since}"}} error during handshake for protocol 'amqp/ssl' and peer CLIENT`,
    ],
  ] as const) {
    test(`${dialect}: a ${version} client with ${certificate} is closed and logged as by the broker`, async (t) => {
      const { proxy, stream } = await start(t, dialect, 'ca');
      const client = await dialTls(t, proxy, { minVersion: version, maxVersion: version, ...options });
      t.is((await client.how()).close, close);
      await proxy.nextReport();
      t.is(
        linesOf(stream, client)
          .join('\n')
          .replace(/\w+\.erl:\d+/, 'FILE'),
        entry,
      );
    });
  }
}
