import { connect } from 'node:net';
import { ApiFailure } from './api.js';
import { anyOf, pause, type SoakRun } from './soak-run.js';

const ROUTES = [
  '/healthz',
  '/reports?limit=100',
  '/reports?reason=bad_header',
  '/reports?healthCheck=true&wait=200ms',
  '/metrics',
  '/connections',
  '/faults',
  '/scenarios',
  '/openapi.json',
  '/version',
  '/proxies',
  '/proxies/amqp',
  '/proxies/amqp/toxics',
] as const;

/** Streams and large answers that are not read, or slowly. */
const UNREAD = ['/events', '/reports?limit=1000', '/metrics'] as const;
/** How long such a reader stays, in ms. */
const UNREAD_STAY = 3000;

/** Requests to the control API until the run is over. */
export async function callApi(run: SoakRun): Promise<void> {
  await Promise.all([many(run, read), many(run, change), many(run, notRead), many(run, notRead)]);
}

async function many(run: SoakRun, request: (run: SoakRun) => Promise<void>): Promise<void> {
  const { over, random, tally } = run;
  while (!over.aborted) {
    try {
      await request(run);
    } catch (error) {
      if (over.aborted) return;
      tally.requestFailures.push(String(error));
    }
    await pause(random.between(20, 200), over);
  }
}

async function read({ api, random, tally }: SoakRun): Promise<void> {
  await api.text('GET', anyOf(random, ROUTES));
  tally.requests += 1;
}

/** Changes with Toxiproxy's routes and ours; they leave nothing behind. */
async function change({ api, random, tally }: SoakRun): Promise<void> {
  switch (random.between(0, 3)) {
    case 0: {
      const name = `toxiproxy-${tally.requests}`;
      await api.text('POST', '/proxies', { name, listen: '127.0.0.1:0', upstream: '127.0.0.1:9' });
      await api.text('POST', `/proxies/${name}/toxics`, { type: 'latency', attributes: { latency: 5 } });
      await api.text('POST', `/proxies/${name}/toxics/latency_downstream`, { attributes: { latency: 7 } });
      await api.text('POST', `/proxies/${name}`, { enabled: false });
      await api.text('DELETE', `/proxies/${name}`);
      break;
    }
    case 1:
      await api.text('POST', '/classify', { proxy: 'amqp', text: 'amqp0091', end: 'fin' });
      break;
    case 2: {
      const open = await api.json<readonly { readonly id: string }[]>('GET', '/connections');
      if (open.length === 0) break;
      const close = anyOf(random, ['rst', 'fin', '320']);
      // It may have ended meanwhile, and 320 needs a running AMQP 0-9-1 connection.
      const mayFail = close === '320' ? [400, 404] : [404];
      await api.text('DELETE', `/connections/${anyOf(random, open).id}?close=${close}`).catch(mustBe(...mayFail));
      break;
    }
    default:
      await api.text('POST', '/faults', { proxy: 'amqp', type: 'no_such_type' }).catch(mustBe(400));
  }
  tally.requests += 1;
}

const mustBe =
  (...statuses: readonly number[]) =>
  (error: unknown): void => {
    if (!(error instanceof ApiFailure && statuses.includes(error.status))) throw error;
  };

/** A client that sends a request and does not read the answer. */
async function notRead({ api, random, tally, over }: SoakRun): Promise<void> {
  const { hostname, port } = api.url;
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on('error', () => {});
  socket.pause();
  socket.write(`GET ${anyOf(random, UNREAD)} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  tally.requests += 1;
  await pause(random.between(100, UNREAD_STAY), over);
  socket.destroy();
}
