import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';
import type { Report } from '../../lib/report/report.js';
import { keepAliveTimer, knowsKernelSockets } from '../support/kernel-sockets.js';
import { until } from '../support/rabbitmq/until.js';
import { startRelaying } from '../support/relayed.js';

type Ends = Parameters<typeof keepAliveTimer>[0];

const linux = knowsKernelSockets ? test : test.skip;
/** A network namespace of its own needs root, or a kernel that grants it to every user. */
const inNamespace = spawnSync('unshare', ['-rn', 'ip', 'link', 'set', 'lo', 'up']).status === 0 ? test : test.skip;

/** Waits until the kernel has a keepalive timer for an idle connection, which is set within a second. @returns its time, in s */
async function probes(ends: Ends): Promise<number> {
  const timer = await until(async () => keepAliveTimer(ends) ?? undefined, 20_000);
  return timer ?? Number.NaN;
}

linux('the kernel probes an idle client and an idle upstream after tcpKeepAlive', async (t) => {
  for (const mode of ['guard', 'observe'] as const) {
    const { proxy, upstream, connect } = await startRelaying(t, { mode, tcpKeepAlive: 600_000 });
    await connect();
    for (const ends of [{ local: proxy.port }, { remote: upstream.port }]) {
      const timer = await probes(ends);
      t.true(timer > 500 && timer <= 600, `${mode} ${JSON.stringify(ends)}: ${timer} s`);
    }
  }
});

linux('with tcpKeepAlive 0 the kernel probes no one', async (t) => {
  const { proxy, upstream, connect } = await startRelaying(t, { tcpKeepAlive: 0 });
  await connect();
  // A later connection has its keepalive, so this one would have it too.
  const later = await startRelaying(t, { tcpKeepAlive: 600_000 });
  await later.connect();
  t.true((await probes({ remote: later.upstream.port })) > 0);
  t.is(keepAliveTimer({ local: proxy.port }), null);
  t.is(keepAliveTimer({ remote: upstream.port }), null);
});

inNamespace('a client or a broker that vanished is noticed, and its connection ends', async (t) => {
  const script = 'dist/spec/support/vanishing-peers.js';
  const { stdout } = await promisify(execFile)('unshare', ['-rn', process.execPath, script], { timeout: 50_000 });
  const [client, broker] = JSON.parse(stdout) as [Report, Report];
  t.like(client, {
    healthCheck: false,
    reason: {
      name: 'connection_closed_abruptly',
      sentence: 'The client vanished: it no longer answered TCP keepalive probes or data.',
    },
    ended: { by: 'client', clientSent: null, clientSaw: null, upstreamSaw: 'rst' },
  });
  t.like(broker, {
    reason: {
      name: 'upstream_closed',
      sentence:
        'The broker at broker vanished: it no longer answered TCP keepalive probes or data, and the client was reset.',
    },
    ended: { by: 'upstream', upstreamSent: null, upstreamSaw: null, clientSaw: 'rst' },
  });
  // 1 s until the first of 10 probes, and 1 s for each.
  for (const { durationMs } of [client, broker]) t.true(durationMs > 10_000 && durationMs < 40_000, `${durationMs} ms`);
});
