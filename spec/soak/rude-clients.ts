import { connect, type Socket } from 'node:net';
import { anyOf, pause, type SoakRun } from './soak-run.js';

const HEADER = Buffer.from('AMQP\0\0\x09\x01', 'latin1');
/** A frame of channel 0 with its size, without the rest. */
const HUGE = Buffer.from('01 0000 7fffffff 000a000b'.replaceAll(' ', ''), 'hex');
const TLS_HELLO = Buffer.from('16030100c8010000c40303', 'hex');

/** What a client does with its connection. It has `stay` ms. */
type Manners = (socket: Socket, run: SoakRun) => void;

/** Health checks, and clients that are silent or malformed. */
const MANNERS: readonly Manners[] = [
  (socket) => socket.end(),
  (socket) => socket.resetAndDestroy(),
  (socket) => socket.end('\n\n\n\n'),
  (socket) => socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
  (socket) => socket.write(TLS_HELLO),
  (socket) => socket.write('amqp0091'),
  (socket) => socket.write('AMQP0091'),
  (socket) => socket.write('AMQP'),
  (socket) => socket.end(HEADER),
  (socket) => socket.write(HEADER),
  (socket) => socket.write(Buffer.concat([HEADER, HUGE])),
  (socket, { random }) => socket.write(Buffer.concat([HEADER, random.octets(random.between(1, 3000))])),
  (socket, { random }) => socket.write(random.octets(random.between(1, 300))),
  // Silent until the handshake timeout.
  () => {},
  // Never reads.
  (socket) => {
    socket.pause();
    socket.write(HEADER);
  },
];

/** How long such a client stays, in ms: longer than the handshake timeout, or shorter. */
const STAYS = [50, 500, 4000] as const;
/** Connections at the same time. */
const AT_ONCE = 12;

/** Opens such connections until the run is over. */
export async function beRude(run: SoakRun): Promise<void> {
  const one = async (): Promise<void> => {
    while (!run.over.aborted) {
      await visit(run);
      await pause(run.random.between(20, 400), run.over);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

async function visit(run: SoakRun): Promise<void> {
  const { random, proxies, over, tally } = run;
  const socket = connect({ host: '127.0.0.1', port: anyOf(random, proxies).port });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => {});
  socket.resume();
  socket.once('connect', () => {
    tally.rudeClients += 1;
    anyOf(random, MANNERS)(socket, run);
  });
  await Promise.race([closed, pause(anyOf(random, STAYS), over)]);
  if (random.chance(0.5)) socket.destroy();
  else socket.resetAndDestroy();
}
