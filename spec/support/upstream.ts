import type { ExecutionContext } from 'ava';
import { type Listening, startServer } from './server.js';
import { Wire } from './wire.js';
import { within } from './within.js';

/** A fake broker: it accepts connections, and the spec decides what happens to them. */
export interface Upstream extends Listening {
  /** How many connections it has accepted. */
  readonly connections: number;
  /** Resolves with the next connection that was not returned yet. */
  next(): Promise<Wire>;
}

/** @param serve is called first with each connection */
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
