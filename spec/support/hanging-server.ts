import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';
import type { Listening } from './server.js';

/** It listens, prints its port, and then never accepts. */
const PROGRAM = `
  const server = require('node:net').createServer();
  server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
    require('node:fs').writeSync(1, String(server.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

/** More than the kernel queues for a backlog of 1. */
const FILLERS = 6;

/** A listener that accepts nothing and whose backlog is full: connects are not answered. Linux drops the SYN. */
export async function startHangingServer(t: ExecutionContext): Promise<Listening> {
  const child = spawn(process.execPath, ['-e', PROGRAM], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => child.kill('SIGKILL'));
  const [output] = await once(child.stdout, 'data');
  const port = Number(output);
  const fillers: Socket[] = [];
  t.teardown(() => {
    for (const filler of fillers) filler.destroy();
  });
  const fill = () => {
    const filler = connect(port, '127.0.0.1').on('error', () => {});
    fillers.push(filler);
    return once(filler, 'connect');
  };
  // The backlog holds the first connection; how many more it holds depends on the kernel.
  await fill();
  for (let at = 0; at < FILLERS; at++) void fill().catch(() => {});
  // By the next turn of the event loop the kernel has received all connection attempts, in order.
  await new Promise(setImmediate);
  return { host: '127.0.0.1', port };
}
