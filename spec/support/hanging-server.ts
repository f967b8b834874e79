import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';
import type { Listening } from './server.js';

/** It listens, prints its port, and then never accepts. */
const PROGRAM = `
  const server = require('node:net').createServer();
  const [host, port] = process.argv.slice(1);
  server.listen({ host, port: Number(port), backlog: 1 }, () => {
    require('node:fs').writeSync(1, String(server.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

/** More than the kernel queues for a backlog of 1. */
const FILLERS = 6;

/**
 * A listener that accepts nothing and whose backlog is full: connects are not answered. Linux drops the SYN.
 *
 * @param wanted the port. @defaultValue a free one
 */
export async function startHangingServer(t: ExecutionContext, host = '127.0.0.1', wanted = 0): Promise<Listening> {
  const child = spawn(process.execPath, ['-e', PROGRAM, host, String(wanted)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const [output] = await once(child.stdout, 'data');
  const port = Number(output);
  const fillers: Socket[] = [];
  t.teardown(() => {
    for (const filler of fillers) filler.destroy();
  });
  const fill = () => {
    const filler = connect(port, host).on('error', () => {});
    fillers.push(filler);
    return once(filler, 'connect');
  };
  // The backlog holds the first connection; how many more it holds depends on the kernel.
  await fill();
  for (let at = 0; at < FILLERS; at++) void fill().catch(() => {});
  // By the next turn of the event loop the kernel has received all connection attempts, in order.
  await new Promise(setImmediate);
  return { host, port };
}
