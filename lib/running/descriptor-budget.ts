/** What the process itself has open: 23 after the start, 12 for four name lookups at once, and what is closed in a moment. */
const PROCESS = 64;
/** A listener, and the one that replaces it during a reload. */
const PER_PROXY = 2;
/** A listener that does not accept has a thread, and connections that fill its backlog: 8 at most were seen. */
const PER_HANGING_PROXY = 12;
/** The control API has an eighth of the descriptors, and this many at most. */
const MOST_CONTROL = 1_024;

/** What holds descriptors in addition to connections. */
export type Held = {
  readonly proxies: number;
  /** Those of them whose listener does not accept, because of a fault. */
  readonly hanging: number;
  /** Whether one of them connects to a stand-in, which accepts the connection in this process. */
  readonly hasStandIn: boolean;
};

/** How many connections the control API may have, so that they cannot use up the descriptors. */
export function controlConnections(openFiles: number | null): number {
  return openFiles === null ? MOST_CONTROL : Math.min(MOST_CONTROL, Math.trunc(openFiles / 8));
}

/**
 * How many connections the descriptors of the process suffice for. Each needs two, one to the client and one to the
 * upstream, and a third one with a stand-in. When no descriptor is left, libuv closes accepted connections without a word.
 *
 * @param openFiles the limit of the process; null: none
 * @returns Infinity without a limit
 */
export function connectionsWithin(openFiles: number | null, { proxies, hanging, hasStandIn }: Held): number {
  if (openFiles === null) return Number.POSITIVE_INFINITY;
  const reserve = PROCESS + controlConnections(openFiles) + PER_PROXY * proxies + PER_HANGING_PROXY * hanging;
  return Math.max(0, Math.trunc((openFiles - reserve) / (hasStandIn ? 3 : 2)));
}
