// The load generator in Node.js, for machines without a C compiler: the arguments and the output of load.c, which describes them.
import { connect, createServer, type OnReadOpts, type Socket } from 'node:net';
import { quantile } from './spread.js';

const [mode = '', ...numbers] = process.argv.slice(2);
const [port = 0, connections = 0, seconds = 0, size = 0] = numbers.map(Number);

const HEADER = Buffer.from('AMQP\0\0\x09\x01', 'latin1');
const WRONG_HEADER = Buffer.from('amqp0091', 'latin1');
/** Connections of `hold` that are opened at the same time. */
const DIALING = 64;
/** Several source addresses, so that the ports do not run out. */
const SOURCES = 100;
/** In ms. */
const GRACE = 5_000;

/** Whether connections end, and others take their place. */
const isShort = mode === 'conn' || mode === 'refuse' || mode === 'check';

const payload = Buffer.alloc(size);
const shared = Buffer.alloc(256 * 1024);
const latencies: number[] = [];
let [operations, octets, errors, open, settled, dialed] = [0, 0, 0, 0, 0, 0];
const began = performance.now();
const end = began + seconds * 1000;

if (mode === 'echo') echo();
else generate();

function echo(): void {
  createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    client.on('error', () => {});
    client.pipe(client);
  }).listen({ host: '127.0.0.1', port, backlog: 4096 });
}

function generate(): void {
  const first = mode === 'hold' ? Math.min(DIALING, connections) : connections;
  for (let count = 0; count < first; count++) dial();
  setTimeout(finishInTime, seconds * 1000);
  process.once('SIGTERM', finish);
}

/** A stalled machine may take longer for the first one. */
function finishInTime(): void {
  const done = mode === 'bulk' ? octets : operations;
  if (done > 0 || mode === 'hold' || performance.now() >= end + GRACE) finish();
  else setTimeout(finishInTime, 50);
}

function finish(): void {
  const took = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage();
  const [p50, p99] = [quantile(latencies, 0.5), quantile(latencies, 0.99)];
  const result = { operations, octets, errors, open, seconds: took, cpu: (user + system) / 1e6, p50, p99 };
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit());
}

/** Whether there are as many connections as wanted. */
function isEnough(): boolean {
  if (mode === 'hold') return dialed >= connections;
  return performance.now() >= end || (mode === 'refuse' && size > 0 && dialed >= size);
}

function dial(): void {
  const source = 1 + (dialed % SOURCES);
  dialed += 1;
  const start = performance.now();
  let received = 0;
  let sentAt = 0;
  let [isConnected, isRunning, isOver] = [false, false, false];

  const count = (from: number) => {
    operations += 1;
    latencies.push(performance.now() - from);
  };
  const over = (isRight: boolean) => {
    if (isOver) return;
    isOver = true;
    if (isRight) count(start);
    else errors += 1;
    socket.destroy();
    if (mode === 'hold') {
      if (isRunning) open -= 1;
      else settle();
    } else if (isShort && !isEnough()) dial();
    else if (mode === 'refuse' && operations + errors === dialed) finish();
  };
  const ping = () => {
    received = 0;
    sentAt = performance.now();
    socket.write(payload);
  };
  const pour = () => {
    while (!socket.destroyed && socket.write(payload));
  };
  const answered = () => {
    isRunning = true;
    if (mode === 'ping') ping();
    if (mode === 'bulk') {
      socket.on('drain', pour);
      pour();
    }
    if (mode === 'hold') {
      open += 1;
      settle();
    }
  };
  const onread: OnReadOpts = {
    buffer: shared,
    callback: (length) => {
      received += length;
      if (isRunning) octets += length;
      if (!isRunning && received >= 8) {
        if (mode === 'conn') over(true);
        else if (mode !== 'refuse' && mode !== 'check') answered();
      } else if (mode === 'ping' && received >= size) {
        count(sentAt);
        ping();
      }
      return true;
    },
  };
  const local = isShort ? { localAddress: `127.0.${source}.1` } : {};
  const socket: Socket = connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true, onread, ...local });
  socket.on('connect', () => {
    isConnected = true;
    if (mode === 'check') socket.end();
    else socket.write(mode === 'refuse' ? WRONG_HEADER : HEADER);
  });
  const isEndRight = mode === 'refuse' || mode === 'check';
  socket.on('end', () => over(isEndRight));
  socket.on('error', () => over(isEndRight && isConnected));
}

function settle(): void {
  settled += 1;
  if (!isEnough()) dial();
  else if (settled === connections) process.stdout.write(`${JSON.stringify({ open })}\n`);
}
