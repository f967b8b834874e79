// A relay of bare `net.Socket`s, in its own process: the least that a proxy on Node.js does. `node plain-relay.js PORT UPSTREAM_PORT`.
import { connect, createServer, type OnReadOpts, type Socket } from 'node:net';

const [port, upstreamPort] = process.argv.slice(2).map(Number) as [number, number];

const allocate = () => Buffer.allocUnsafeSlow(64 * 1024);
/** All dialed sockets read into it. Replaced if what was read could not be written immediately. */
let shared = allocate();

createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
  const onread: OnReadOpts = {
    buffer: () => shared,
    callback: (length, buffer) => {
      const isTaken = relay(upstream, client, buffer.subarray(0, length));
      if (client.writableLength > 0) shared = allocate();
      return isTaken;
    },
  };
  const upstream = connect({ host: '127.0.0.1', port: upstreamPort, allowHalfOpen: true, noDelay: true, onread });
  client.on('data', (chunk) => relay(client, upstream, chunk));
  for (const [from, to] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    from.on('end', () => to.end());
    from.on('drain', () => to.resume());
    from.on('error', () => to.destroy());
  }
}).listen({ host: '127.0.0.1', port, backlog: 4096 });

/** @returns whether to continue reading */
function relay(from: Socket, to: Socket, chunk: Uint8Array): boolean {
  const isTaken = to.write(chunk);
  if (!isTaken) from.pause();
  return isTaken;
}
