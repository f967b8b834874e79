import { connect } from 'node:net';
import test from 'ava';
import type { Status } from '../../lib/control/routes/health.js';
import { startRunning } from '../support/program.js';
import { within } from '../support/within.js';

/** How a client that connects is closed: the error code, or null after a FIN. */
const closedWith = (port: number): Promise<string | null> =>
  within(
    new Promise((resolve) => {
      const client = connect({ host: '127.0.0.1', port });
      client.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      client.on('end', () => resolve(null)).resume();
    }),
    'the close of a client',
  );

test('a program with too little memory refuses new connections, says so once, and keeps running', async (t) => {
  const program = await startRunning(t, [
    '--upstream',
    'stand-in',
    '--control',
    '127.0.0.1:0',
    '--memory-limit',
    '16MiB',
  ]);
  const get = (path: string) => fetch(`${program.ready.control}${path}`);
  for (let count = 0; count < 3; count++) t.is(await closedWith(program.port), 'ECONNRESET');
  const { limits } = (await (await get('/healthz')).json()) as Status;
  t.like(limits.memory, { limit: 16 * 1024 ** 2, refusing: true });
  t.true(limits.memory.used > 12 * 1024 ** 2);
  t.is(limits.connections.open, 0);
  const metrics = await (await get('/metrics')).text();
  t.regex(metrics, /^rabbit_snare_memory_refusing 1$/m);
  t.regex(metrics, /^rabbit_snare_memory_limit_bytes 16777216$/m);
  t.regex(metrics, /^rabbit_snare_connections_total\{proxy="amqp",decision="refuse",reason="limit"\} 3$/m);
  program.signal('SIGTERM');
  t.is((await program.ended).code, 0);
  const lines = program.stderr().split('\n');
  t.is(
    lines.filter((line) => line.includes('MiB of its memory limit of 16 MiB: new connections are refused')).length,
    1,
  );
  t.is(
    lines.filter((line) => /limit .* had used most of its memory limit \(16777216 bytes\)\.$/.test(line)).length,
    3,
    program.stderr(),
  );
});
