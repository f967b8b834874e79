import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import type { ExecutionContext } from 'ava';
import type { Listening } from './server.js';

/** It listens, sends its port, and then never accepts. A thread, because starting a process takes ten times longer. */
const PROGRAM = `
  const { parentPort, workerData } = require('node:worker_threads');
  const server = require('node:net').createServer();
  server.listen({ ...workerData, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
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
  const worker = new Worker(PROGRAM, { eval: true, workerData: { host, port: wanted } });
  t.teardown(() => worker.terminate());
  const [port] = (await once(worker, 'message')) as [number];
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
