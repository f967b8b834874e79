const MIB = 1024 ** 2;

/** From this size on, Node.js fits itself to a container well enough, in bytes. */
const LARGE = 1024 * MIB;
/** The share of the container for objects that live longer. The rest is for young ones, buffers, code and the kernel. */
const OLD_SPACE = 0.55;
/** V8 does not run with less, in MiB. */
const SMALLEST_OLD_SPACE = 32;
/** Each MiB of a semi-space takes three of the container. A smaller one costs speed: garbage is collected more often. */
const SEMI_SPACE = 1 / 32;
const [SMALLEST_SEMI_SPACE, LARGEST_SEMI_SPACE] = [2, 16] as const;

/** The flags that set a size of the heap, in any spelling. With one of them, the user has chosen. */
const CHOSEN = /--(max|min|initial)[-_]((old|semi|young)[-_](space|generation)[-_]size|heap[-_]size)/;

/**
 * The V8 flags that make the heap fit into a container. V8 derives its sizes from the memory of the machine: in a container
 * of 128 MiB, the heap could grow to 259 MiB and garbage alone to more than 64 MiB, and the kernel would kill the process.
 *
 * @param limit of the container in bytes; null without one
 * @param given the flags of the command line and of `NODE_OPTIONS`
 * @returns none for a large container, without a container, and when `given` has a size of the heap
 */
export function heapFlags(limit: number | null, given: readonly string[]): readonly string[] {
  if (limit === null || limit >= LARGE || given.some((flag) => CHOSEN.test(flag))) return [];
  const mebibytes = limit / MIB;
  const oldSpace = Math.max(SMALLEST_OLD_SPACE, Math.round(mebibytes * OLD_SPACE));
  const semiSpace = Math.min(LARGEST_SEMI_SPACE, Math.max(SMALLEST_SEMI_SPACE, Math.trunc(mebibytes * SEMI_SPACE)));
  return [`--max-old-space-size=${oldSpace}`, `--max-semi-space-size=${semiSpace}`];
}
