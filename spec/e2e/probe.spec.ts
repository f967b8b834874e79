import test from 'ava';
import type { ProbeResult } from '../../lib/probe/play.js';
import { probe } from '../../lib/probe/probe.js';
import { startProxy } from '../support/proxy.js';
import { sharedRabbitmq } from '../support/rabbitmq.js';

const HOST = '127.0.0.1';

/** What a client can compare: all but the time. */
const without = (results: readonly ProbeResult[]) => results.map(({ ms, ...rest }) => rest);

test('the probe sees the same through the proxy as from the broker itself', async (t) => {
  const { port, version } = sharedRabbitmq();
  const proxy = await startProxy(t, { host: HOST, port });
  // One good client first: from then on the proxy knows whose words to use.
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

test("the specification's cases are answered as a broker does it before anything was learned, too", async (t) => {
  const { port } = sharedRabbitmq();
  const proxy = await startProxy(t, { host: HOST, port }, { dialect: sharedRabbitmq().version });
  const only = ['fin', 'partial-fin', 'lowercase', 'ascii-0091'];
  t.deepEqual(
    without(await probe({ host: HOST, port: proxy.port, only })),
    without(await probe({ host: HOST, port, only })),
  );
});
