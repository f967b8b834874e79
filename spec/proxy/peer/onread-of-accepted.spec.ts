import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type ServerOpts, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { giveOnread } from '../../../lib/proxy/peer/onread-of-accepted.js';

/** The specs of everything that depends on how sockets are read. */
const SOCKET_SPECS = ['reset', 'early-reset', 'unread-reset', 'half-close', 'close', 'refusal', 'back-pressure'];

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

test('the specs of sockets also pass with the public API alone', async (t) => {
  t.timeout(300_000);
  const files = SOCKET_SPECS.map((name) => `spec/proxy/${name}.spec.ts`);
  const preload = new URL('../../support/public-reads.js', import.meta.url).href;
  const ava = fileURLToPath(new URL('cli.mjs', import.meta.resolve('ava')));
  const env = { ...process.env, NODE_OPTIONS: `--import=${preload}` };
  const ran = await promisify(execFile)(process.execPath, [ava, '--tap', '--timeout=4m', ...files], { env }).catch(
    (error) => error,
  );
  const failed = String(ran.stdout)
    .split('\n')
    .filter((line) => line.startsWith('not ok'));
  t.deepEqual([failed, ran.code], [[], undefined], String(ran.stdout).slice(-2_000));
  t.regex(String(ran.stdout), /^# pass [1-9]/m);
});
