import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ephemeral ports of Linux, macOS and Windows, so that no outgoing connection can take it. */
const first = 12_000;
const count = 20_000;

const handedOut = new Set<number>();

/**
 * Returns a TCP port of 127.0.0.1 that nothing listens on, for a program that needs its port in advance. A listener in
 * this process should use port 0 instead. Never returns the same port twice in one process.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = first + Math.floor(Math.random() * count);
    if (!handedOut.has(port) && (await canListen(port))) {
      handedOut.add(port);
      return port;
    }
  }
  throw new Error(`no free port found from ${first} to ${first + count - 1}`);
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch {
    return false;
  }
  await once(server.close(), 'close');
  return true;
}
