// Run in a network namespace of its own: two connections through a proxy, whose client and whose broker vanish. Prints their reports.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { systemClock } from '../../lib/clock.js';
import { AmqpProxy } from '../../lib/proxy/amqp-proxy.js';
import type { Report } from '../../lib/report/report.js';
import { protocolHeader } from './bytes.js';
import { unacknowledged } from './kernel-sockets.js';
import { DEFAULTS } from './proxy.js';

const CLIENT = '10.99.0.1';
const BROKER = '10.99.0.2';

const ip = (...words: string[]) => execFileSync('ip', words);

ip('link', 'set', 'lo', 'up');
for (const address of [CLIENT, BROKER]) ip('address', 'add', `${address}/32`, 'dev', 'lo');

let received = 0;
const broker = createServer((socket) => {
  socket
    .on('error', () => {})
    .on('data', ({ length }) => {
      received += length;
    });
});
broker.listen(0, '0.0.0.0');
await once(broker, 'listening');
const { port } = broker.address() as AddressInfo;

const reports: Promise<Report[]>[] = [];
const vanishing = [
  { name: 'client', localAddress: CLIENT, host: '127.0.0.1' },
  { name: 'broker', localAddress: '127.0.0.1', host: BROKER },
];
for (const { name, localAddress, host } of vanishing) {
  const settings = { ...DEFAULTS, name, mode: 'observe' as const, tcpKeepAlive: 1_000 };
  const proxy = new AmqpProxy(
    { ...settings, upstream: { host, port, label: name } },
    { clock: systemClock, nextId: () => name },
  );
  reports.push(once(proxy, 'report') as Promise<Report[]>);
  const listen = await proxy.listen();
  const client = connect({ host: '127.0.0.1', port: Number(listen.split(':')[1]), localAddress });
  client.on('error', () => {}).resume();
  client.write(protocolHeader(0, 0, 9, 1));
}
// While something is not acknowledged, the kernel sends it again and does not probe.
const isAcknowledged = () => received === 8 * vanishing.length && unacknowledged() === 0;
while (!isAcknowledged()) await new Promise((resolve) => setTimeout(resolve, 10));
// Without the address, what the kernel sends to it has no route.
for (const address of [CLIENT, BROKER]) ip('address', 'delete', `${address}/32`, 'dev', 'lo');
const all = await Promise.all(reports);
process.stdout.write(JSON.stringify(all.map(([report]) => report)), () => process.exit());
