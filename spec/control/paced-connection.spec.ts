import { EventEmitter, once } from 'node:events';
import test, { type ExecutionContext } from 'ava';
import { controlApi } from '../../lib/control/api.js';
import type { Route } from '../../lib/control/route.js';
import { ControlServer } from '../../lib/control/server.js';
import type { Listening } from '../support/server.js';
import { dialWire, type Wire } from '../support/wire.js';
import { within } from '../support/within.js';

const MIB = 1_048_576;
const HEALTH = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';

type Limits = ConstructorParameters<typeof ControlServer>[1];

/** A server with the routes: POST /echo, GET /slow, GET /large and GET /healthz. */
class Paced extends EventEmitter {
  /** Requests in work now and at most, and all. */
  inWork = 0;
  most = 0;
  begun = 0;
  readonly server: ControlServer;
  target: Listening = { host: '127.0.0.1', port: 0 };

  constructor(limits: Limits) {
    super();
    const route = (method: 'GET' | 'POST', path: string, handle: Route['handle']): Route => ({
      method,
      path,
      summary: path,
      answers: {},
      handle: async (context) => {
        this.begun += 1;
        this.inWork += 1;
        this.most = Math.max(this.most, this.inWork);
        this.emit('begun');
        context.req.raw.signal.addEventListener('abort', () => this.emit('aborted'));
        const answer = await handle(context);
        this.inWork -= 1;
        return answer;
      },
    });
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    this.server = new ControlServer(
      controlApi([
        route('GET', '/healthz', (context) => context.text('well')),
        route('POST', '/echo', async (context) => context.text(await context.req.text())),
        route('GET', '/slow', async (context) => {
          await turn();
          await turn();
          return context.text(context.req.query('nth') ?? '');
        }),
        route('GET', '/large', (context) => context.text('x'.repeat(16 * MIB))),
        route('GET', '/never', () => new Promise(() => {})),
      ]),
      limits,
    );
  }

  /** Waits until so many requests have begun. */
  async untilBegun(count: number): Promise<void> {
    while (this.begun < count) await within(once(this, 'begun'), `request ${count}`);
  }
}

async function start(t: ExecutionContext, limits: Limits = {}): Promise<Paced> {
  const paced = new Paced(limits);
  t.teardown(() => paced.server.close());
  const url = await paced.server.listen(paced.target);
  paced.target = { host: '127.0.0.1', port: Number(url.split(':').at(-1)) };
  return paced;
}

/** The bodies of all answers so far. */
const bodies = ({ received }: Wire): string[] =>
  received
    .toString('latin1')
    .split(/HTTP\/1\.1 200 OK\r\n/)
    .slice(1)
    .map((answer) => answer.slice(answer.indexOf('\r\n\r\n') + 4));

async function isServed(t: ExecutionContext, { target }: Paced): Promise<void> {
  const wire = await dialWire(t, target);
  await wire.send(HEALTH);
  await wire.until(() => bodies(wire)[0] === 'well');
}

test('200 pipelined requests are handled one at a time, and answered in order', async (t) => {
  const paced = await start(t);
  const wire = await dialWire(t, paced.target);
  const numbers = Array.from({ length: 200 }, (_, nth) => `${nth}`);
  const get = (nth: string) =>
    `GET /slow?nth=${nth} HTTP/1.1\r\nHost: localhost\r\n${nth === '199' ? 'Connection: close\r\n' : ''}\r\n`;
  await wire.send(numbers.map(get).join(''));
  await within(wire.ended, () => `the last answer: ${wire.received.toString('latin1').slice(-200)}`);
  t.deepEqual(bodies(wire), numbers);
  t.is(paced.most, 1);
});

test('a pipelined request is not handled before the client has taken the answer to the one before', async (t) => {
  const paced = await start(t);
  const wire = await dialWire(t, paced.target);
  wire.pause();
  await wire.send('GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(100));
  for (let round = 0; round < 20; round++) await isServed(t, paced);
  // The kernel's buffers do not take an answer of 16 MiB.
  t.is(paced.begun - 20, 1);
});

test('pipelined requests are answered wherever their octets are divided', async (t) => {
  const paced = await start(t);
  const requests = [
    'POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\na\r\n\r\nb\r\n\r',
    'POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n\r\n\r\n\r\n2\r\nab\r\n0\r\n\r\n',
    'GET /slow?nth=1 HTTP/1.1\r\nHost: localhost\r\n\r\n',
    'GET /slow?nth=2 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
  ].join('');
  const wires = await Promise.all(Array.from({ length: requests.length - 1 }, () => dialWire(t, paced.target)));
  await Promise.all(wires.map((wire, nth) => wire.send(requests.slice(0, nth + 1))));
  await isServed(t, paced);
  await Promise.all(wires.map((wire, nth) => wire.send(requests.slice(nth + 1))));
  for (const [nth, wire] of wires.entries()) {
    await within(wire.ended, `the answers to requests divided at ${nth + 1}`);
    t.deepEqual(bodies(wire), ['a\r\n\r\nb\r\n\r', '\r\n\r\nab', '1', '2'], `divided at ${nth + 1}`);
  }
});

test('a client that takes nothing of its answer is disconnected', async (t) => {
  const paced = await start(t, { keepAliveTimeout: 1000 });
  const aborted = once(paced, 'aborted');
  const wire = await dialWire(t, paced.target);
  wire.pause();
  await wire.send('GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await t.notThrowsAsync(within(aborted, 'the end of a connection that is not read'));
});

test('a request that is held is not disconnected', async (t) => {
  const paced = await start(t, { keepAliveTimeout: 1000 });
  let isAborted = false;
  paced.once('aborted', () => {
    isAborted = true;
  });
  const wire = await dialWire(t, paced.target);
  await wire.send('GET /never HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await paced.untilBegun(1);
  const idle = await dialWire(t, paced.target);
  await within(idle.ended, 'the end of a connection without a request');
  t.false(isAborted);
});

test('if clients leave too much in memory, the first of them is disconnected', async (t) => {
  const paced = await start(t, { held: MIB });
  const head = 'POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 600000\r\n\r\n';
  const first = await dialWire(t, paced.target);
  await first.send(`${head}${'x'.repeat(599_999)}`);
  await paced.untilBegun(1);
  const second = await dialWire(t, paced.target);
  await second.send(`${head}${'x'.repeat(599_999)}`);
  await within(first.ended, 'the end of the first client');
  await second.send('x');
  await second.until(() => bodies(second)[0]?.length === 600_000);
  await isServed(t, paced);
  t.pass();
});

test('at the limit, the connection that has been idle for the longest is closed for a new one', async (t) => {
  const paced = await start(t, { connections: 2 });
  const busy = await dialWire(t, paced.target);
  await busy.send('GET /never HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await paced.untilBegun(1);
  const idle = await dialWire(t, paced.target);
  await idle.send(HEALTH);
  await idle.until(() => bodies(idle)[0] === 'well');
  const other = await dialWire(t, paced.target);
  await within(idle.ended, 'the end of the idle connection');
  await other.send('GET /never HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await paced.untilBegun(3);
  const beyond = await dialWire(t, paced.target);
  await within(beyond.ended, 'the end of a connection above the limit');
  t.is(beyond.receivedLength, 0);
  t.is(paced.inWork, 2);
});
