import { execFileSync, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pattern } from '../../lib/amqp/first-octets/pattern.js';
import { FIRST_OCTETS_FILE, type FirstOctets } from '../support/first-octets.js';
import { CLIENTS, type Client } from './clients.js';
import { SPECIFIED } from './specified.js';

/** How long a client may take to send its first octets, in ms. */
const PATIENCE = 90_000;
const HEADER = 8;

/**
 * Records the first octets of real clients in `spec/fixtures/first-octets.json`. The specs only read that file, so this is
 * run by hand, as root on Debian 12, when a client is added:
 *
 *     node dist/spec/first-octets/record.js FOLDER
 *
 * The Debian packages that `clients.ts` names must be installed, and the npm packages in FOLDER/node_modules.
 */
async function main([folder]: readonly string[]): Promise<void> {
  if (folder === undefined) throw new Error('usage: node dist/spec/first-octets/record.js FOLDER');
  const made: FirstOctets[] = [];
  for (const client of CLIENTS) {
    const octets = await record(client, resolve(folder));
    console.error(client.protocol, octets.toString('hex'));
    const { protocol, what, confidence } = client;
    made.push({ protocol, what, confidence, octets: octets.toString('hex'), madeBy: version(client, folder) });
  }
  writeFileSync(FIRST_OCTETS_FILE, `${JSON.stringify([...made, ...SPECIFIED], null, 1)}\n`);
}

async function record(client: Client, folder: string): Promise<Buffer> {
  const scratch = mkdtempSync(join(tmpdir(), 'first-octets-'));
  try {
    return client.serves ? await greetingOf(client, scratch) : await firstOf(client, folder, scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Ends each connection as soon as it has sent its first octets. */
async function firstOf(client: Client, folder: string, scratch: string): Promise<Buffer> {
  const isMeant = pattern(client.only ?? '..');
  const found = new EventEmitter<{ octets: [Buffer] }>();
  const server = createServer((socket) => {
    let seen = Buffer.alloc(0);
    if (client.greeting !== undefined) socket.write(client.greeting);
    socket.on('error', () => {});
    socket.on('data', (data) => {
      seen = Buffer.concat([seen, data]);
      socket.end();
    });
    socket.on('close', () => {
      if (isMeant(seen)) found.emit('octets', seen.subarray(0, HEADER));
    });
  });
  await once(server.listen(client.port ?? 0, '127.0.0.1'), 'listening');
  const { port } = server.address() as { readonly port: number };
  const child = start(client, { port, folder, scratch });
  try {
    const [octets] = await once(found, 'octets', { signal: AbortSignal.timeout(PATIENCE) });
    return octets;
  } finally {
    stop(child);
    server.close();
  }
}

async function greetingOf(client: Client, scratch: string): Promise<Buffer> {
  const port = 23_299;
  const child = start(client, { port, folder: '', scratch });
  try {
    for (const until = Date.now() + PATIENCE; Date.now() < until; await sleep(100)) {
      const socket = connect(port, '127.0.0.1');
      const [data] = (await Promise.race([once(socket, 'data'), once(socket, 'close')]).catch(() => [])) as unknown[];
      socket.destroy();
      if (Buffer.isBuffer(data)) return data.subarray(0, HEADER);
    }
    throw new Error(`${client.protocol}: nothing was sent`);
  } finally {
    stop(child);
  }
}

type Place = { readonly port: number; readonly folder: string; readonly scratch: string };

function start({ from, run }: Client, { port, folder, scratch }: Place) {
  const [command, args]: [string, string[]] =
    'npm' in from
      ? [process.execPath, ['-e', script(join(folder, 'node_modules', from.npm), run, port)]]
      : ['/bin/sh', ['-c', run]];
  const env = { ...process.env, PORT: String(port), SCRATCH: scratch };
  // A group of its own, because the shell starts the program.
  return spawn(command, args, { env, stdio: 'ignore', detached: true });
}

const script = (module: string, run: string, port: number): string => `
  for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, () => {});
  const client = require(${JSON.stringify(module)});
  const port = ${port};
  ${run};`;

function stop({ pid }: { readonly pid?: number | undefined }): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

function version({ from }: Client, folder: string): string {
  if ('npm' in from) {
    const file = join(folder, 'node_modules', from.npm, 'package.json');
    return `${from.npm} ${(JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version} (npm)`;
  }
  const [name, number] = execFileSync('dpkg-query', ['-W', from.debian], { encoding: 'utf8' }).trim().split('\t');
  return `${name} ${number} (Debian)`;
}

await main(process.argv.slice(2));
