import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';
import type { Listening } from './server.js';

/** It listens, says where, and then never looks at its socket again. */
const PROGRAM = `
  const server = require('node:net').createServer();
  server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
    require('node:fs').writeSync(1, String(server.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

/** More than the kernel keeps for a backlog of 1. */
const FILLERS = 6;

/** A listener that accepts nothing and whose backlog is full: a connect to it is not answered. Linux drops the SYN. */
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
  // The first is taken into the backlog; how many more are is the kernel's business.
  await fill();
  for (let at = 0; at < FILLERS; at++) void fill().catch(() => {});
  // By the next turn they have all been asked for, in the order in which the kernel sees them.
  await new Promise(setImmediate);
  return { host: '127.0.0.1', port };
}
