import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InvisibleChecks } from '../../lib/health-check/invisible-checks.js';

/** What the script prints. */
export type Counted = {
  /** Checks that HAProxy made, by the kernel's count of dials. */
  readonly checks: number;
  /** `GET /health-checks`, and the same number in `GET /metrics`. */
  readonly exact: InvisibleChecks;
  readonly metric: number;
  /** Connections that the proxy reported. */
  readonly visible: number;
  /** Dials that failed, by the kernel: the checks, and the refused ones. */
  readonly attemptFails: number;
  /** While another process listens, and after it has stopped. */
  readonly shared: InvisibleChecks;
  readonly alone: InvisibleChecks;
};

/** In the namespace every port is free. */
const [PROXY, CONTROL, OTHER] = [5672, 8474, 9999];
const VISIBLE = 30;
const REFUSED = 7;

const folder = mkdtempSync(join(tmpdir(), 'invisible-checks-'));
const admin = join(folder, 'admin');
let dialed = 0;

/** A value of the kernel for this network namespace: `Tcp` in snmp, `TcpExt` in netstat. */
function kernel(file: 'snmp' | 'netstat', name: string): number {
  const [names, values] = readFileSync(`/proc/net/${file}`, 'latin1')
    .split('\n')
    .filter((line) => line.startsWith(file === 'snmp' ? 'Tcp:' : 'TcpExt:'))
    .map((line) => line.split(' '));
  return Number(values?.[names?.indexOf(name) ?? -1]);
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error(`it did not come true within 10 s: ${isTrue}`);
    await sleep(10);
  }
}

function dial(port: number): Socket {
  dialed += 1;
  return connect(port, '127.0.0.1').on('error', () => {});
}

async function control(path: string): Promise<string> {
  dialed += 1;
  const request = get({ port: CONTROL, host: '127.0.0.1', path, agent: false });
  const [response] = await once(request, 'response');
  return text(response);
}

const invisible = async (): Promise<InvisibleChecks> =>
  (JSON.parse(await control('/health-checks')) as { readonly invisible: InvisibleChecks }).invisible;

async function haproxy(command: string): Promise<void> {
  const socket = connect(admin);
  socket.end(`${command}\n`);
  await text(socket);
}

/** The checks that HAProxy made, apart from the dials of this script. The proxy dials nobody. */
const checks = (): number => kernel('snmp', 'ActiveOpens') - dialed;
const resets = (): number => kernel('netstat', 'EmbryonicRsts');

/** Connections that a program can see: a FIN, a reset, a bad header. */
async function knock(port: number, how: number): Promise<void> {
  const socket = dial(port).resume();
  socket.on('connect', () => {
    if (how === 0) socket.end();
    else if (how === 1) socket.resetAndDestroy();
    else socket.end('GET / HTTP/1.0\r\n\r\n');
  });
  // A refused or reset connection closes too.
  await new Promise<void>((resolve) => socket.on('close', () => resolve()));
}

/** Counts HAProxy's plain checks of a proxy in this namespace. The argument is the path of HAProxy. */
async function main(program = ''): Promise<Counted> {
  const listen = ['--listen', `127.0.0.1:${PROXY}`, '--control', `127.0.0.1:${CONTROL}`, '--upstream', 'stand-in'];
  const ready = join(folder, 'ready');
  const main = ['dist/program/main.js', 'run', ...listen, '--ready-file', ready];
  const proxy = spawn(process.execPath, main, { stdio: ['ignore', 'ignore', 'inherit'] });
  const config = join(folder, 'haproxy.cfg');
  // It listens on no port, so that nothing but the proxy does.
  writeFileSync(
    config,
    `global
  stats socket ${admin} level admin
defaults
  mode tcp
  timeout connect 5s
  timeout client 5s
  timeout server 5s
listen amqp
  bind unix@${join(folder, 'front')}
  server snare 127.0.0.1:${PROXY} check inter 20
`,
  );
  const isReady = () => readFileSync(ready, { encoding: 'utf8', flag: 'a+' }) !== '';
  await until(isReady);
  const before = { resets: resets(), fails: kernel('snmp', 'AttemptFails') };
  const balancer = spawn(program, ['-db', '-f', config], { stdio: ['ignore', 'ignore', 'inherit'] });
  const stop = () => [balancer, proxy].forEach((child) => void child.kill('SIGKILL'));
  process.on('SIGTERM', () => process.exit(1)).on('exit', stop);
  try {
    for (let count = 0; count < VISIBLE; count++) await knock(PROXY, count % 3);
    for (let count = 0; count < REFUSED; count++) await knock(OTHER, 0);
    await until(() => resets() - before.resets >= 40);
    await haproxy('disable health amqp/snare');
    // A check that is under way is a dial without a reset.
    await until(() => checks() === resets() - before.resets);
    const exact = await invisible();
    const metrics = await control('/metrics');
    const reports = JSON.parse(await control('/reports')) as unknown[];
    const made = checks();
    const attemptFails = kernel('snmp', 'AttemptFails') - before.fails;

    const other = createServer().listen(OTHER, '127.0.0.1');
    await once(other, 'listening');
    await haproxy('enable health amqp/snare');
    await until(() => checks() >= made + 10);
    const shared = await invisible();
    await haproxy('disable health amqp/snare');
    await until(() => checks() === resets() - before.resets);
    other.close();
    await once(other, 'close');
    await invisible();
    const alone = await invisible();
    return {
      checks: made,
      exact,
      metric: Number(/^rabbit_snare_invisible_checks_total (\d+)$/m.exec(metrics)?.[1]),
      visible: reports.length,
      attemptFails,
      shared,
      alone,
    };
  } finally {
    stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

console.log(JSON.stringify(await main(process.argv[2])));
