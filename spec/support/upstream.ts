import type { ExecutionContext } from 'ava';
import { type Listening, startServer } from './server.js';
import { Wire } from './wire.js';
import { within } from './within.js';

/** A fake broker: it takes connections, and does with them what the spec tells it. */
export interface Upstream extends Listening {
  /** How many connections it has taken. */
  readonly connections: number;
  /** The next connection that nobody has asked for yet. */
  next(): Promise<Wire>;
}

/** @param serve sees each connection first */
export async function startUpstream(t: ExecutionContext, serve: (wire: Wire) => void = () => {}): Promise<Upstream> {
  let connections = 0;
  const taken: Wire[] = [];
  const waiting: ((wire: Wire) => void)[] = [];
  const listening = await startServer(t, (socket) => {
    connections += 1;
    const wire = new Wire(socket);
    serve(wire);
    const resolve = waiting.shift();
    if (resolve) resolve(wire);
    else taken.push(wire);
  });
  return {
    ...listening,
    get connections() {
      return connections;
    },
    next: () => {
      const wire = taken.shift();
      if (wire) return Promise.resolve(wire);
      return within(new Promise<Wire>((resolve) => waiting.push(resolve)), 'a connection to the upstream');
    },
  };
}
