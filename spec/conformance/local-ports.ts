/** Above the ports that Linux gives to outgoing connections, so that no other connection to the broker has one of them. */
const FIRST = 61_000;
const LAST = 65_535;

let next = FIRST;

/** How many calls of `fromLocalPort` there can be before a port comes again. */
export const LOCAL_PORTS = LAST - FIRST + 1;

/**
 * Does something from a local port that nothing else has: by it the connection is found in a log.
 *
 * @throws Error what `action` throws, but for a port that is in use: then it is called again with another one
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
