// Run by `npm run screenshots`: makes the pictures of the dashboard in docs, from a run with a real broker, health checks of
// HAProxy, clients that work, three that do not, and one fault.
import { randomInt } from 'node:crypto';
import { statSync } from 'node:fs';
import { connect as dial } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'amqplib';
import type { ExecutionContext } from 'ava';
import { findPrograms } from '../support/debian-package.js';
import { DEBIAN_PROGRAMS } from '../support/debian-programs.js';
import { runHaproxy } from '../support/haproxy.js';
import { startRunning } from '../support/program.js';
import { startRabbitmq } from '../support/rabbitmq.js';
import { startChromium } from './chromium.js';
import { DashboardPage } from './dashboard-page.js';

/** How long the run takes, in ms. */
const DURATION = Number(process.argv[2] ?? 4) * 60_000;
/** The size of the pictures, in pixels, and of their files, in bytes. */
const [SIZE, MOST_BYTES] = [{ width: 1280, height: 830 }, 200_000] as const;
const FAULT = 'amqp_close name=maintenance at=open code=320 toxicity=0.25';

/** What to end, the last first. */
const ends: (() => unknown)[] = [];
const scope = { teardown: (end: () => unknown) => void ends.push(end) } as Pick<ExecutionContext, 'teardown'>;
const t = scope as ExecutionContext;
let isOver = false;
/** Repeats something at slightly irregular intervals until the run is over. */
async function repeat(every: number, act: () => Promise<unknown>): Promise<void> {
  while (!isOver) {
    await act().catch(() => {});
    await pause(every * (0.8 + randomInt(400) / 1000));
  }
}

/** Connects, sends these bytes, and waits for the end. */
async function send(port: number, localAddress: string, text: string): Promise<void> {
  const socket = dial({ host: '127.0.0.1', port, localAddress });
  socket.on('error', () => {}).resume();
  socket.write(text);
  await new Promise((resolve) => socket.once('close', resolve));
}

/** A client that works for some time, in ms, if it can connect. */
async function work(port: number, localAddress: string, product: string, time: number): Promise<void> {
  const clientProperties = { product, version: '2.4.0', platform: 'Node.js' };
  // amqplib passes it to the socket.
  const options = { clientProperties, localAddress };
  const connection = await connect(`amqp://127.0.0.1:${port}`, options);
  connection.on('error', () => {});
  await connection.createChannel();
  await pause(isOver ? 0 : time);
  await connection.close();
}

const haproxySection = (name: string, source: string, port: number, lines: readonly string[], inter: string): string =>
  `backend ${name}
${lines.map((line) => `  ${line}\n`).join('')}  server snare 127.0.0.1:${port} source ${source} check inter ${inter}
`;

async function run(): Promise<void> {
  const [haproxy = ''] = await findPrograms([DEBIAN_PROGRAMS.haproxy], console.error);
  const broker = await startRabbitmq();
  ends.push(() => broker.stop());
  const upstream = `127.0.0.1:${broker.port}`;
  const { port, ready } = await startRunning(t, ['--upstream', upstream, '--control', '127.0.0.1:0', '--fault', FAULT]);
  const amqp = ['option tcp-check', 'tcp-check send-binary 414d515000000901', 'tcp-check expect binary 01000000'];
  runHaproxy(
    t,
    haproxy,
    haproxySection('connects', '127.0.10.5', port, ['option tcp-check', 'tcp-check connect linger'], '2s') +
      haproxySection('speaks', '127.0.10.6', port, amqp, '5s'),
  );
  const clients = [
    repeat(3_000, () => work(port, '127.0.20.11', 'orders', 4_000)),
    repeat(2_000, () => work(port, '127.0.20.12', 'billing', 9_000)),
    repeat(1_000, () => work(port, '127.0.20.13', 'mailer', 30_000)),
    // Three clients that are not clients of RabbitMQ.
    repeat(8_000, () =>
      send(port, '127.0.30.7', 'GET /healthz HTTP/1.1\r\nHost: rabbitmq:5672\r\nUser-Agent: kube-probe/1.31\r\n\r\n'),
    ),
    repeat(13_000, () => send(port, '127.0.30.8', 'amqp0091')),
    repeat(9_000, () => send(port, '127.0.30.9', '')),
  ];
  const { browser, stop } = await startChromium();
  ends.push(stop);
  const context = await browser.newContext({
    viewport: SIZE,
    colorScheme: 'light',
    locale: 'en-US',
    timezoneId: 'UTC',
  });
  const tab = await context.newPage();
  await tab.goto(`${ready.control}/`);
  const page = new DashboardPage(tab);
  await page.untilLive();
  await pause(DURATION);
  await shoot(page, 'docs/dashboard-now.png');
  await tab.goto(`${ready.control}/#/connections?fault=maintenance`);
  await page.rows().filter({ hasText: 'maintenance' }).first().getByRole('link').first().click();
  await page.view.getByRole('article').waitFor();
  await shoot(page, 'docs/dashboard-report.png');
  isOver = true;
  await Promise.all(clients);
}

async function shoot({ page }: DashboardPage, path: string): Promise<void> {
  await page.screenshot({ path, animations: 'disabled' });
  const { size } = statSync(path);
  console.error(`${path}: ${size} bytes`);
  if (size >= MOST_BYTES) throw new Error(`${path} has ${size} bytes, ${MOST_BYTES} or more`);
}

try {
  await run();
} finally {
  for (const end of ends.reverse()) await end();
}
