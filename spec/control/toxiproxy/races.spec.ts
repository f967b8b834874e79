import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import test from 'ava';
import { startControl } from '../../support/control.js';
import { listening } from '../../support/instance.js';
import { startServer } from '../../support/server.js';
import { within } from '../../support/within.js';

const CONNECTIONS = 100;
const CHANGES = 1_000;
const CHUNK = 512;
/** In ms. Removal never waits for a peer. */
const SOON = 50;

const TOXICS = [
  { type: 'latency', attributes: { latency: 3, jitter: 2 } },
  { type: 'slicer', attributes: { average_size: 64, size_variation: 32, delay: 100 } },
  { type: 'bandwidth', attributes: { rate: 200 } },
  { type: 'bandwidth', attributes: { rate: 0 } },
  { type: 'slow_close', attributes: { delay: 5 } },
  { type: 'noop', attributes: {} },
] as const;

/** Counts up endlessly, so that a lost, duplicated or misplaced octet is detected. */
class Counter {
  private sent = 0;
  private heard = 0;
  readonly socket: Socket;
  wrong: string | null = null;
  private isOver = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (octets) => this.hear(octets));
    socket.on('drain', () => this.pump());
    socket.on('error', (error) => {
      this.wrong ??= error.message;
    });
    socket.on('close', () => {
      if (!this.isOver) this.wrong ??= 'closed';
    });
    this.pump();
  }

  /** Stops sending, and resolves when everything has been echoed. */
  async end(): Promise<void> {
    this.isOver = true;
    while (this.wrong === null && this.heard < this.sent)
      await Promise.race([once(this.socket, 'data'), once(this.socket, 'close')]);
    this.socket.destroy();
  }

  private pump(): void {
    if (this.isOver) return;
    const chunk = Uint8Array.from({ length: CHUNK }, (_, at) => (this.sent + at) % 251);
    this.sent += CHUNK;
    this.socket.write(chunk);
  }

  private hear(octets: Buffer): void {
    for (const octet of octets) {
      if (octet !== this.heard % 251) this.wrong ??= `octet ${this.heard} is ${octet}`;
      this.heard += 1;
    }
    if (this.heard === this.sent) this.pump();
  }
}

test(`${CHANGES} toxics are added, changed and removed on ${CONNECTIONS} busy connections: nothing is lost, and nothing hangs`, async (t) => {
  const { call, instance } = await startControl(t);
  const echo = await startServer(t, (client) => client.on('data', (octets) => client.write(octets)));
  await call('POST', '/proxies', { name: 'echo', listen: '127.0.0.1:0', upstream: `127.0.0.1:${echo.port}` });
  const { host, port } = listening(instance.proxies.state('echo')?.listen);
  const counters = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const socket = connect({ host, port });
      await once(socket, 'connect');
      return new Counter(socket);
    }),
  );
  const removals: number[] = [];
  for (let at = 0; at < CHANGES; at++) {
    const toxic = TOXICS[at % TOXICS.length] as (typeof TOXICS)[number];
    const stream = at % 2 === 0 ? 'upstream' : 'downstream';
    const added = await call('POST', '/proxies/echo/toxics', { ...toxic, name: `toxic ${at}`, stream });
    t.is(added.status, 200);
    const path = `/proxies/echo/toxics/toxic%20${at}`;
    t.is((await call('PATCH', path, { attributes: toxic.attributes, toxicity: 0.5 })).status, 200);
    const began = performance.now();
    t.is((await call('DELETE', path)).status, 204);
    removals.push(performance.now() - began);
  }
  await within(Promise.all(counters.map((counter) => counter.end())), 'the rest of the echo', 20_000);
  t.deepEqual(
    counters.flatMap(({ wrong }) => wrong ?? []),
    [],
  );
  const median = removals.sort((a, b) => a - b)[CHANGES / 2] as number;
  t.log(`removal: ${median.toFixed(1)} ms median, ${removals.at(-1)?.toFixed(1)} ms maximum`);
  t.true(median < SOON);
});
