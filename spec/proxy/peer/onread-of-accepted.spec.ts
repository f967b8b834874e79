import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type ServerOpts, type Socket } from 'node:net';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { giveOnread } from '../../../lib/proxy/peer/onread-of-accepted.js';

const buffer = Buffer.alloc(1024);

/** A server that reads each accepted socket into the buffer. */
async function startServer(t: ExecutionContext, options: ServerOpts = {}) {
  const given: boolean[] = [];
  const read: string[] = [];
  const server = createServer(options, (socket) => {
    socket.on('error', () => {});
    const callback = (count: number) => read.push(buffer.toString('latin1', 0, count)) > 0;
    given.push(giveOnread(socket, { buffer, callback }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const dial = (): Socket => {
    const socket = connect({ host: '127.0.0.1', port }).on('error', () => {});
    t.teardown(() => socket.destroy());
    return socket;
  };
  t.teardown(() => void server.close());
  return { server, given, read, dial };
}

test('this version of Node allows onread on accepted sockets', async (t) => {
  const { given, read, dial } = await startServer(t);
  const client = dial();
  client.end('AMQP');
  client.resume();
  await once(client, 'close');
  t.deepEqual([given, read], [[true], ['AMQP']]);
});

test('a server still counts its connections, and its close waits for them', async (t) => {
  const { server, dial } = await startServer(t, { noDelay: true, keepAlive: true });
  const client = dial();
  const [accepted] = (await once(server, 'connection')) as [Socket];
  t.is(await promisify(server.getConnections.bind(server))(), 1);
  let isClosed = false;
  server.close(() => {
    isClosed = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  t.false(isClosed);
  accepted.destroy();
  client.resume();
  await once(server, 'close');
});

test('a server still refuses connections above maxConnections', async (t) => {
  const { server, given, dial } = await startServer(t);
  server.maxConnections = 1;
  await once(dial(), 'connect');
  const [dropped] = (await Promise.all([once(server, 'drop'), once(dial(), 'close')])) as [unknown[], unknown];
  t.is(dropped.length, 1);
  t.is(given.length, 1);
});
