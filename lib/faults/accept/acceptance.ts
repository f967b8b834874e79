import type { Fault } from '../fault.js';
import type { ConnectLimit } from '../fault-type.js';
import { faultType } from '../registry.js';
import { TIMES } from '../when.js';

/** How a listener answers new connection attempts. If several faults apply, the one that was added first wins. */
export function acceptanceOf(active: readonly Fault[]): 'accept' | 'refuse' | 'hang' {
  for (const fault of active) {
    const type = faultType(fault.type);
    if (type?.acts === 'listener') return type.connects;
    if (type?.acts === 'stream' && type.hangsConnects && !selectsConnections(fault)) return 'hang';
  }
  return 'accept';
}

/** Whether a condition depends on the time alone, and not on the connection. */
const isTime = (condition: string): boolean => (TIMES as readonly string[]).includes(condition);

/** Whether a fault acts on some connections and not on others. */
function selectsConnections({ toxicity, times, when }: Fault): boolean {
  return toxicity < 1 || times !== null || Object.keys(when).some((condition) => !isTime(condition));
}

/** Whether the fault delays the first read of a connection. */
export function delaysAccept(fault: Fault): boolean {
  const type = faultType(fault.type);
  return type?.acts === 'accept' && type.delay !== undefined;
}

/** The limit of new connections that a fault sets; null: none. */
export function limitOf({ type: name, attributes }: Pick<Fault, 'type' | 'attributes'>): ConnectLimit | null {
  const type = faultType(name);
  return type?.acts === 'accept' ? (type.limit?.(attributes as never) ?? null) : null;
}

/**
 * How long the proxy waits before it reads from an accepted connection, in ms: the sum over the faults that act on it, with the values that
 * their ramps have now.
 */
export function acceptDelayOf(acting: readonly Pick<Fault, 'type' | 'attributes'>[]): number {
  return acting.reduce((sum, { type: name, attributes }) => {
    const type = faultType(name);
    return type?.acts === 'accept' ? sum + (type.delay?.(attributes as never) ?? 0) : sum;
  }, 0);
}
