import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** A larger heap is not collected, in bytes: it would stop the process for more than about 200 ms. */
export const MOST_COLLECTED = 256 * 1024 ** 2;

let collect: (() => void) | undefined;

/** Collects all garbage now, and gives its memory back. V8 does not know the limit of the container and would wait. */
export function collectGarbage(): void {
  if (collect === undefined) {
    // Without the flag on the command line, only a new context has the function.
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
    setFlagsFromString('--no-expose-gc');
  }
  collect();
}
