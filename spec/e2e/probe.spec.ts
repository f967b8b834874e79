import test from 'ava';
import { compare } from '../../lib/probe/compare.js';
import { identify } from '../../lib/probe/identify.js';
import type { ProbeResult } from '../../lib/probe/play.js';
import { probe } from '../../lib/probe/probe.js';
import { startProxy } from '../support/proxy.js';
import { sharedRabbitmq } from '../support/shared-rabbitmq.js';

const HOST = '127.0.0.1';

/** Everything that a client can compare, except the time. */
const without = (results: readonly ProbeResult[]) => results.map(({ ms, ...rest }) => rest);

test('the probe sees the same through the proxy as from the broker itself', async (t) => {
  const { port, version } = sharedRabbitmq();
  const proxy = await startProxy(t, { host: HOST, port });
  // A good client first, from which the proxy learns the broker's version.
  await probe({ host: HOST, port: proxy.port, only: ['amqp-0-9-1'] });
  const both = [port, proxy.port].map((each) => probe({ host: HOST, port: each }));
  const [directly = [], through = []] = await Promise.all(both);
  t.deepEqual(without(through), without(directly));
  for (const [at, { case: name, ms }] of through.entries()) {
    const apart = Math.abs(ms - (directly[at]?.ms ?? 0));
    t.true(apart < 1_000, `${name}: ${apart} ms apart`);
  }
  t.is(proxy.learned[0]?.learned.version, version);
});

test("the proxy answers the specification's cases like a broker even before it has learned its version", async (t) => {
  const { port } = sharedRabbitmq();
  const proxy = await startProxy(t, { host: HOST, port }, { dialect: sharedRabbitmq().version });
  const only = ['fin', 'partial-fin', 'lowercase', 'ascii-0091'];
  t.deepEqual(
    without(await probe({ host: HOST, port: proxy.port, only })),
    without(await probe({ host: HOST, port, only })),
  );
});

test('a broker matches its own version and not the other generation, directly and through the proxy', async (t) => {
  const { port, version } = sharedRabbitmq();
  const proxy = await startProxy(t, { host: HOST, port }, { dialect: version });
  const other = version.startsWith('3.') ? '4.0' : '3.10';
  const expected = (dialect: string) => ({ dialect, amqp10: 'off', close: 'rst', handshakeTimeout: 10_000 }) as const;
  const both = [port, proxy.port].map((each) => probe({ host: HOST, port: each }));
  for (const results of await Promise.all(both)) {
    const different = compare(results, expected(version)).filter(({ same }) => !same);
    t.deepEqual(different, []);
    const differs = compare(results, expected(other)).filter(({ same }) => !same);
    t.deepEqual(
      differs.map((result) => result.case),
      ['lowercase', 'ascii-0091', 'ascii-0091-split', 'http-get', 'tls', 'amqp-0-8', 'amqp-1-0-sasl', 'amqp-1-0'],
    );
  }
});

test('a broker is identified, directly and through a proxy that has learned nothing yet', async (t) => {
  const { port, version } = sharedRabbitmq();
  const proxy = await startProxy(t, { host: HOST, port });
  const names = version.startsWith('3.')
    ? 'RabbitMQ 3.x (3.6 to 3.13), without the AMQP 1.0 plugin'
    : version.startsWith('4.0')
      ? 'RabbitMQ 4.0'
      : 'RabbitMQ 4.1 or later';
  for (const each of [port, proxy.port]) {
    const identity = await identify({ host: HOST, port: each });
    t.like(identity, { rabbitmq: true, kind: 'rabbitmq', name: names, close: 'rst' }, identity.remarks.join(' '));
  }
});
