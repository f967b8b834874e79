// The thread of a full backlog: it listens, reports that, and blocks until it is released.
import { createServer } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

const { host, port, lock } = workerData as { readonly host: string; readonly port: number; readonly lock: Int32Array };

const server = createServer((socket) => socket.resetAndDestroy());
server.once('error', (error: NodeJS.ErrnoException) => parentPort?.postMessage({ code: error.code ?? error.message }));
server.listen({ host, port, backlog: 1 }, () => {
  parentPort?.postMessage({ code: null });
  Atomics.wait(lock, 0, 0);
  // Exiting closes the listener and resets the connections in its backlog.
  process.exit();
});
