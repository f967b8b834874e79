import { existsSync, readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Status } from '../../lib/control/routes/health.js';
import type { Report } from '../../lib/report/report.js';
import { protocolHeader } from '../support/bytes.js';
import { startRunning, temporaryDirectory } from '../support/program.js';
import { until } from '../support/rabbitmq/until.js';

/** Only Linux tells a process its limits in a file. */
const onLinux = existsSync('/proc/self/limits') ? test : test.skip;

const CLIENTS = 400;
/** Two for each, 64 of the process, 25 of the control API, 2 of the listener. */
const MOST = 54;

/** A broker that accepts and never answers. Returns its port. */
async function startMute(t: ExecutionContext): Promise<number> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {}).resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  return (server.address() as { readonly port: number }).port;
}

/** Clients that send a good header and stay. */
function connectAll(t: ExecutionContext, port: number): { ended: number } {
  const seen = { ended: 0 };
  for (let count = 0; count < CLIENTS; count++) {
    const socket = connect({ port, host: '127.0.0.1' });
    socket
      .on('error', () => {})
      .on('close', () => {
        seen.ended += 1;
      });
    socket.resume();
    socket.write(protocolHeader(0, 0, 9, 1));
    t.teardown(() => socket.destroy());
  }
  return seen;
}

onLinux('with 200 descriptors, each of 400 clients is served or refused, and each has a report', async (t) => {
  const reportsFile = join(temporaryDirectory(t), 'reports.jsonl');
  const upstream = await startMute(t);
  const program = await startRunning(
    t,
    ['--upstream', `127.0.0.1:${upstream}`, '--reports', reportsFile, '--control', '127.0.0.1:0'],
    {},
    { openFiles: 200 },
  );
  const reports = () => readFileSync(reportsFile, 'utf8').split('\n').slice(0, -1);
  const health = async () =>
    ((await (await fetch(`${program.ready.control}/healthz`)).json()) as Status).limits.connections;
  t.deepEqual(await health(), { open: 0, max: MOST, openFiles: 200 });
  t.regex(
    program.stderr(),
    /warning at most 54 connections can be open at once, not 10000 \(maxConnections\), because the process may have only 200 open files: raise/,
  );
  const clients = connectAll(t, program.port);
  t.truthy(await until(() => clients.ended >= CLIENTS - MOST && reports().length >= CLIENTS - MOST, 20_000));
  t.is((await health()).open, MOST);
  // Where descriptors run out, accepted connections end without a report.
  t.is(clients.ended, CLIENTS - MOST);
  program.signal('SIGTERM');
  program.signal('SIGTERM');
  await program.ended;
  const all = reports().map((line) => JSON.parse(line) as Report);
  t.is(all.length, CLIENTS);
  t.is(all.filter(({ reason }) => reason.name === 'limit').length, CLIENTS - MOST);
  t.like(all[0], {
    decision: 'refuse',
    upstream: null,
    reason: {
      name: 'limit',
      severity: 'warning',
      sentence:
        'The client was reset immediately because the process already had 54 connections, the most that its limit of 200 open files allows.',
    },
    ended: { by: 'proxy', clientSaw: 'rst' },
  });
});
