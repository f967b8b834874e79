import type { ExecutionContext } from 'ava';
import { protocolHeader } from '../../lib/amqp/header.js';
import { type ProxyOptions, startProxy, type TestProxy } from './proxy.js';
import { startUpstream, type Upstream } from './upstream.js';
import { dialWire, type Wire } from './wire.js';

/** The header of AMQP 0-9-1, after which a proxy dials. */
export const HEADER = protocolHeader(0, 0, 9, 1);

/** A proxy in front of a fake broker. */
export interface Relaying {
  readonly proxy: TestProxy;
  readonly upstream: Upstream;
  /** A forwarded connection: the client's end and the upstream's. The header has arrived. */
  connect(): Promise<{ readonly client: Wire; readonly broker: Wire }>;
}

export async function startRelaying(t: ExecutionContext, options: ProxyOptions = {}): Promise<Relaying> {
  const upstream = await startUpstream(t);
  const proxy = await startProxy(t, upstream, options);
  return {
    proxy,
    upstream,
    connect: async () => {
      const client = await dialWire(t, proxy);
      await client.send(HEADER);
      const broker = await upstream.next();
      await broker.octets(HEADER.length);
      return { client, broker };
    },
  };
}
