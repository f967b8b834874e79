/** A limit that kept a connection from being accepted or dialed. Each is a reason with the name `limit`. */
export type Limit =
  | { readonly name: 'limit'; readonly limit: 'maxConnections' | 'maxConnectionsPerSource'; readonly value: number }
  /** The process may open `openFiles` files, which suffice for `value` connections. */
  | { readonly name: 'limit'; readonly limit: 'openFiles'; readonly value: number; readonly openFiles: number }
  /** The process uses more than it may of its memory limit, or of V8's heap limit: `value`, in bytes. */
  | { readonly name: 'limit'; readonly limit: 'memoryLimit' | 'heap'; readonly value: number }
  /** The process or the machine lacked what a dial needs. */
  | { readonly name: 'limit'; readonly limit: 'dial'; readonly code: Shortage };

/** What is lacking when a dial fails on this machine, by the error code of the operating system. */
const SHORTAGES = {
  EMFILE: 'the process has too many files and sockets open',
  ENFILE: 'the machine has too many files and sockets open',
  EADDRNOTAVAIL: 'no local address and port were available',
  ENOBUFS: 'the machine has no buffers left',
  ENOMEM: 'the machine has no memory left',
} as const;

type Shortage = keyof typeof SHORTAGES;

/** Whether a dial failed because of this process or machine: the upstream was not asked. */
export const isShortage = (code: string): code is Shortage => Object.hasOwn(SHORTAGES, code);

/**
 * What a limit did to a client, as a sentence.
 *
 * @param about `closed`: how its connection ended; `upstream`: what could not be dialed
 */
export function limitSentence(
  limit: Limit,
  { closed, upstream }: { readonly closed: 'closed' | 'reset'; readonly upstream: string | null },
): string {
  const refused = `The client was ${closed} immediately because`;
  switch (limit.limit) {
    case 'maxConnections':
    case 'maxConnectionsPerSource':
      return `${refused} the limit ${limit.limit} (${limit.value}) was reached.`;
    case 'openFiles':
      return `${refused} the process already had ${limit.value} connections, the most that its limit of ${limit.openFiles} open files allows.`;
    case 'memoryLimit':
      return `${refused} the process had used most of its memory limit (${limit.value} bytes).`;
    case 'heap':
      return `${refused} the process had used most of its JavaScript heap (${limit.value} bytes).`;
    case 'dial':
      return `The proxy could not connect to the broker at ${upstream}, because ${SHORTAGES[limit.code]} (${limit.code}), and the client was ${closed}.`;
    default:
      return limit satisfies never;
  }
}
