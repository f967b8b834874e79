import type { ExecutionContext } from 'ava';
import type { FaultInput } from '../../lib/faults/fault.js';
import type { Moment } from '../../lib/faults/moment.js';
import { parseFault } from '../../lib/faults/parse-fault.js';
import { Faults } from '../../lib/faults/proxy-faults.js';
import type { TlsMoment } from '../../lib/faults/tls/tls-act.js';
import { client as asks, clientHello, proxyV1, broker as says } from './bytes.js';
import { startHangingServer } from './hanging-server.js';
import { ManualClock } from './manual-clock.js';
import { stuff } from './pour.js';
import { type ProxyOptions, startProxy, type TestProxy } from './proxy.js';
import { until } from './rabbitmq/until.js';
import { HEADER } from './relayed.js';
import { contextOf, dialSecured } from './secure-wire.js';
import type { Listening } from './server.js';
import { trusting } from './trusting.js';
import { startUpstream, type Upstream } from './upstream.js';
import { dialWire, type Wire } from './wire.js';

/** Longer than any limit of the proxy. */
const LONG = '20h';
export const LONG_MS = 72_000_000;

export type Mode = 'guard' | 'observe';

type Setup = {
  readonly proxy: TestProxy;
  readonly clock: ManualClock;
  readonly faults: Faults;
};

/** A proxy with one connection that waits. */
export type Waiting = Setup & {
  readonly client: Pick<Wire, 'fin' | 'rst'>;
  /** Null if the upstream is not dialed. It answers a FIN with a FIN, as a broker does. */
  readonly broker: Pick<Wire, 'fin' | 'rst'> | null;
};

/** A state in which a connection waits for something that does not come. */
export type Wait = {
  readonly what: string;
  readonly modes: readonly Mode[];
  /**
   * What keeps an end from the other side: a handshake `fault`; the `farewell` of one to the broker; a stream fault on the
   * way `up` or `down`; the `delay` of the dial or of the first read; or a side that is a slow `reader`.
   */
  readonly held?: 'fault' | 'farewell' | 'up' | 'down' | 'delay' | 'reader';
  /** The reason if the client leaves. @defaultValue connection_closed_abruptly */
  readonly reason?: string;
  reach(t: ExecutionContext, mode: Mode): Promise<Waiting>;
};

const BOTH: readonly Mode[] = ['guard', 'observe'];
const NOTHING = new Uint8Array(0);
const NO_DATA = 'connection_closed_with_no_data_received';

async function start(
  t: ExecutionContext,
  mode: Mode,
  inputs: readonly FaultInput[] = [],
  { target, ...options }: ProxyOptions & { readonly target?: Listening } = {},
): Promise<Setup & { readonly upstream: Upstream }> {
  const clock = new ManualClock();
  const faults = new Faults({ seed: 1, clock });
  t.teardown(() => faults.list.dispose());
  faults.list.add(inputs.map((input) => parseFault(input, { proxy: 'amqp' })));
  const upstream = await startUpstream(t, (wire) => void wire.ended.then(() => wire.fin()));
  const proxy = await startProxy(t, target ?? upstream, { mode, clock, faults, handshakeTimeout: LONG_MS, ...options });
  return { proxy, clock, faults, upstream };
}

async function seen(happened: () => boolean, what: string): Promise<void> {
  if ((await until(() => happened() || undefined, 15_000)) === undefined) throw new Error(`not seen: ${what}`);
}

const open = ({ proxy }: TestProxy) => proxy.openConnections()[0];

/** Resolves when the proxy has received this many more bytes of the client, or of the upstream, than `before`. */
const receives = (proxy: TestProxy, from: 'client' | 'upstream', count: number, before = 0) =>
  seen(() => octetsFrom(proxy, from) >= before + count, `${count} bytes of the ${from}`);
const octetsFrom = (proxy: TestProxy, from: 'client' | 'upstream'): number =>
  (from === 'client' ? open(proxy)?.octets : open(proxy)?.upstreamOctets)?.received ?? 0;

/** The client sends these bytes and then nothing; the upstream sends nothing. */
function silent(
  what: string,
  octets: Uint8Array,
  given: {
    readonly faults?: readonly FaultInput[];
    readonly options?: ProxyOptions;
    readonly modes?: readonly Mode[];
  } & Pick<Wait, 'held'> = {},
): Wait {
  const isRead = octets.length > 0 && given.held !== 'delay';
  return {
    what,
    modes: given.modes ?? BOTH,
    reason: isRead ? 'connection_closed_abruptly' : NO_DATA,
    ...(given.held && { held: given.held }),
    reach: async (t, mode) => {
      const { upstream, ...setup } = await start(t, mode, given.faults, given.options);
      const client = await dialWire(t, setup.proxy);
      await client.send(octets);
      await seen(() => setup.proxy.proxy.connections > 0, 'the connection');
      if (isRead) await receives(setup.proxy, 'client', octets.length);
      return { ...setup, client, broker: null };
    },
  };
}

/** A connection whose header is at the broker. */
async function relayed(t: ExecutionContext, { proxy, upstream }: Awaited<ReturnType<typeof start>>) {
  const client = await dialWire(t, proxy);
  await client.send(HEADER);
  const broker = await upstream.next();
  await broker.octets(HEADER.length);
  return { client, broker };
}

const STEPS: readonly (readonly [moment: Moment, by: 'client' | 'broker', octets: Uint8Array])[] = [
  ['start', 'broker', says.start()],
  ['start-ok', 'client', asks.startOk()],
  ['tune', 'broker', says.tune()],
  ['tune-ok', 'client', asks.tuneOk()],
  ['open', 'client', asks.open()],
  ['running', 'broker', says.openOk()],
];

/** Sends the frames of the handshake up to that of a moment, which need not arrive. */
async function play(client: Wire, broker: Wire, moment: Moment): Promise<void> {
  for (const [reached, by, octets] of STEPS) {
    const [from, to] = by === 'client' ? [client, broker] : [broker, client];
    const before = to.receivedLength;
    await from.send(octets);
    if (reached === moment) return;
    await to.octets(before + octets.length);
  }
}

/** A handshake fault acts, or begins its delay, at a moment, and then the connection waits. */
function atMoment(moment: Moment, type: string, attributes: Record<string, unknown>): Wait {
  return {
    what: `${type} ${JSON.stringify(attributes)}`,
    modes: BOTH,
    held: 'fault',
    reach: async (t, mode) => {
      const { upstream, ...setup } = await start(t, mode, [{ type, attributes } as FaultInput]);
      const { proxy, clock } = setup;
      const acted = new Promise<void>((resolve) => proxy.proxy.once('faultActed', () => resolve()));
      if (moment === 'accept' || moment === 'header') {
        const client = await dialWire(t, proxy);
        await client.send(HEADER);
        const broker = mode === 'observe' ? await upstream.next() : null;
        await receives(proxy, 'client', HEADER.length);
        return { ...setup, client, broker };
      }
      const { client, broker } = await relayed(t, { ...setup, upstream });
      const { started } = clock;
      await play(client, broker, moment);
      await ('delay' in attributes ? seen(() => clock.started > started, 'the delay') : acted);
      return { ...setup, client, broker };
    },
  };
}

/** A stream fault on an open connection has some bytes. */
function inStream(stream: 'upstream' | 'downstream', type: string, attributes: Record<string, unknown>): Wait {
  const isHeld = ['latency', 'bandwidth', 'slicer', 'slow_close', 'reset_peer'].includes(type);
  return {
    what: `${type} ${JSON.stringify(attributes)} on the ${stream} stream`,
    modes: BOTH,
    ...(isHeld && { held: stream === 'upstream' ? ('up' as const) : ('down' as const) }),
    reach: async (t, mode) => {
      const { upstream, ...setup } = await start(t, mode);
      const { proxy, faults } = setup;
      const { client, broker } = await relayed(t, { ...setup, upstream });
      await play(client, broker, 'running');
      await seen(() => open(proxy)?.stage === 'running', 'Open-Ok');
      faults.list.add([parseFault({ type, attributes, stream } as FaultInput, { proxy: 'amqp' })]);
      const [sender, from] = stream === 'upstream' ? ([client, 'client'] as const) : ([broker, 'upstream'] as const);
      const before = octetsFrom(proxy, from);
      await sender.send('bytes');
      await receives(proxy, from, 5, before);
      return { ...setup, client, broker };
    },
  };
}

const tls = { credentials: { secureContext: contextOf('server') }, requestCert: false } as const;
const proxyHeader = (accept: 'accept' | 'require'): ProxyOptions => ({
  proxyProtocol: { accept, send: 'off', trustedSources: ['127.0.0.1'] },
});
const delayed: readonly FaultInput[] = [{ type: 'connect_delay', attributes: { delay: LONG } }];
const noop: readonly FaultInput[] = [{ type: 'noop' }];
const hello = clientHello();

const tlsStall = (at: 'accept' | TlsMoment): FaultInput[] => [
  at === 'accept'
    ? { type: 'amqp_stall', attributes: { at, timeout: 0 } }
    : { type: 'tls_stall', attributes: { at, timeout: 0 } },
];

/** The states in which a connection waits. */
export const WAITS: readonly Wait[] = [
  silent('a connect_delay', NOTHING, { faults: delayed }),
  silent('a connect_delay before a PROXY header', NOTHING, { faults: delayed, options: proxyHeader('require') }),
  silent('a connect_delay before TLS', NOTHING, { faults: delayed, options: { tls } }),
  silent('a connect_delay after the header has come', HEADER, { faults: delayed, held: 'delay' }),
  silent('a required PROXY header', NOTHING, { options: proxyHeader('require') }),
  silent('the rest of a PROXY header', proxyV1().subarray(0, 10), { options: proxyHeader('require') }),
  silent('an optional PROXY header', NOTHING, { options: proxyHeader('accept') }),
  silent('an optional PROXY header, with a fault', NOTHING, { faults: noop, options: proxyHeader('accept') }),
  silent('a ClientHello', NOTHING, { options: { tls } }),
  silent('the rest of a ClientHello', hello.subarray(0, 20), { options: { tls } }),
  silent('the rest of a TLS handshake', hello, { options: { tls } }),
  silent('an amqp_stall before TLS', NOTHING, { faults: tlsStall('accept'), options: { tls } }),
  silent('an amqp_stall before TLS that is under way', hello, { faults: tlsStall('accept'), options: { tls } }),
  silent('a tls_stall before the ServerHello', hello, { faults: tlsStall('client-hello'), options: { tls } }),
  silent('a tls_stall in the flight of the server', hello, { faults: tlsStall('server-flight'), options: { tls } }),
  silent('the header', NOTHING, { modes: ['guard'] }),
  silent('the rest of the header', HEADER.subarray(0, 4), { modes: ['guard'] }),
  silent('the rest of the header, with a fault', HEADER.subarray(0, 4), { faults: noop, modes: ['guard'] }),
  {
    what: 'the header inside TLS',
    modes: ['guard'],
    reason: NO_DATA,
    reach: async (t, mode) => {
      const setup = await start(t, mode, [], { tls });
      return { ...setup, client: await dialSecured(t, setup.proxy), broker: null };
    },
  },
  {
    what: 'a tls_stall inside TLS',
    modes: BOTH,
    reason: NO_DATA,
    reach: async (t, mode) => {
      const setup = await start(t, mode, tlsStall('secured'), { tls });
      return { ...setup, client: await dialSecured(t, setup.proxy), broker: null };
    },
  },
  {
    what: 'an unanswered dial',
    modes: BOTH,
    held: 'delay',
    reach: async (t, mode) => {
      const setup = await start(t, mode, [], { target: await startHangingServer(t), connectTimeout: LONG_MS });
      const client = await dialWire(t, setup.proxy);
      await client.send(HEADER);
      await seen(() => (open(setup.proxy)?.upstream ?? null) !== null, 'the dial');
      return { ...setup, client, broker: null };
    },
  },
  {
    what: "the upstream's TLS handshake",
    modes: BOTH,
    held: 'delay',
    reach: async (t, mode) => {
      const { upstream, ...setup } = await start(t, mode, [], { upstreamTls: trusting(), connectTimeout: LONG_MS });
      const client = await dialWire(t, setup.proxy);
      await client.send(HEADER);
      const broker = await upstream.next();
      await receives(setup.proxy, 'client', HEADER.length);
      return { ...setup, client, broker };
    },
  },
  {
    what: "the broker's Start",
    modes: BOTH,
    reach: async (t, mode) => {
      const started = await start(t, mode);
      return { ...started, ...(await relayed(t, started)) };
    },
  },
  ...(['client', 'broker'] as const).map(
    (reader): Wait => ({
      what: `a ${reader} that reads nothing`,
      modes: BOTH,
      held: 'reader',
      reason: reader === 'client' ? 'connection_closed_abruptly' : 'handshake_error',
      reach: async (t, mode) => {
        const started = await start(t, mode);
        const { client, broker } = await relayed(t, started);
        (reader === 'client' ? client : broker).pause();
        await stuff(reader === 'client' ? broker : client);
        return { ...started, client, broker };
      },
    }),
  ),
  ...[0, 4, 8].map((octets) => atMoment('header', 'amqp_stall', { at: 'header', octets, timeout: 0 })),
  ...(['accept', 'start', 'start-ok', 'tune', 'tune-ok', 'open', 'running'] as const).map((at) =>
    atMoment(at, 'amqp_stall', { at, timeout: 0 }),
  ),
  atMoment('header', 'amqp_refuse', { delay: LONG }),
  ...(['header', 'start', 'start-ok', 'open', 'running'] as const).map((at) =>
    atMoment(at, 'amqp_reset', { at, delay: LONG }),
  ),
  ...(['start', 'open', 'running'] as const).flatMap((at) => [
    atMoment(at, 'amqp_close', { at, delay: LONG }),
    {
      ...atMoment(at, 'amqp_close', { at, timeout: LONG }),
      reason: 'connection_closed',
      ...(at !== 'start' && { held: 'farewell' as const }),
    },
  ]),
  ...(['start', 'running'] as const).map((at) => atMoment(at, 'amqp_truncate', { at, then: 'stall' })),
  ...(['upstream', 'downstream'] as const).flatMap((stream) => [
    inStream(stream, 'latency', { latency: LONG }),
    inStream(stream, 'bandwidth', { rate: 0 }),
    inStream(stream, 'slicer', { average_size: 1, delay: LONG }),
    inStream(stream, 'slow_close', { delay: LONG }),
    inStream(stream, 'timeout', { timeout: 0 }),
    inStream(stream, 'timeout', { timeout: LONG }),
    inStream(stream, 'reset_peer', { timeout: LONG }),
    inStream(stream, 'limit_data', { bytes: 1_000 }),
  ]),
];
