import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Report } from '../../lib/report/report.js';
import { startHangingServer } from '../support/hanging-server.js';
import { startProgram, temporaryDirectory, untilReady } from '../support/program.js';
import { until } from '../support/rabbitmq/until.js';
import { HEADER } from '../support/relayed.js';
import { dialWire } from '../support/wire.js';

/** Starts a proxy for each thing that a connection can wait for, with one waiting client each. */
async function startWaiting(t: ExecutionContext) {
  const hanging = await startHangingServer(t);
  const folder = temporaryDirectory(t);
  const readyFile = join(folder, 'ready.json');
  const config = {
    control: 'off',
    reports: { file: '-' },
    readyFile,
    drainTimeout: '1h',
    proxies: Object.entries({
      delayed: { faults: [{ type: 'connect_delay', attributes: { delay: '1h' } }] },
      'delayed-observe': { mode: 'observe', faults: [{ type: 'connect_delay', attributes: { delay: '1h' } }] },
      'proxy-header': { proxyProtocol: { accept: 'require' } },
      silent: {},
      'silent-observe': { mode: 'observe' },
      dial: { upstream: `127.0.0.1:${hanging.port}`, connectTimeout: '1h' },
      stalled: { faults: [{ type: 'amqp_stall', attributes: { at: 'header', timeout: 0 } }] },
      latency: { faults: [{ type: 'latency', attributes: { latency: '1h' } }] },
      paused: { faults: [{ type: 'bandwidth', attributes: { rate: 0 } }] },
    }).map(([name, keys]) => ({
      name,
      listen: '127.0.0.1:0',
      upstream: 'stand-in',
      handshakeTimeout: '1h',
      ...keys,
    })),
  };
  const file = join(folder, 'config.json');
  writeFileSync(file, JSON.stringify(config));
  const program = startProgram(t, ['run', '--config', file]);
  const { proxies } = await untilReady(program, readyFile);
  const sends = new Set(['dial', 'stalled', 'latency', 'paused']);
  for (const { name, listen } of proxies) {
    const port = Number(listen.slice(listen.lastIndexOf(':') + 1));
    const client = await dialWire(t, { host: '127.0.0.1', port });
    if (sends.has(name)) await client.send(HEADER);
  }
  return { program, names: proxies.map(({ name }) => name) };
}

test('a second signal ends connections in every wait at once, each with its report', async (t) => {
  const { program, names } = await startWaiting(t);
  program.signal('SIGTERM');
  await until(() => program.stderr().includes('SIGTERM'), 10_000);
  t.is(program.child.exitCode, null);
  program.signal('SIGTERM');
  t.deepEqual(await program.ended, { code: 0, signal: null });
  const reports = program.stdout().trimEnd().split('\n');
  t.deepEqual(reports.map((line) => (JSON.parse(line) as Report).proxy).sort(), [...names].sort());
});
