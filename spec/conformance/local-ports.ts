/** Above Linux's ephemeral ports, so that no other connection to the broker uses one of them. */
const FIRST = 61_000;
const LAST = 65_535;

let next = FIRST;

/** How many calls of `fromLocalPort` are possible before a port is used again. */
export const LOCAL_PORTS = LAST - FIRST + 1;

/**
 * Runs an action with a local port that nothing else uses, so that the log identifies the connection by it.
 *
 * @throws Error from `action`; if the port is in use, the action is called again with another one instead
 */
export async function fromLocalPort<T>(action: (port: number) => Promise<T>): Promise<T & { readonly port: number }> {
  for (let attempt = 0; ; attempt++) {
    const port = next;
    next = next === LAST ? FIRST : next + 1;
    try {
      return { ...(await action(port)), port };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || attempt === 100) throw error;
    }
  }
}
