import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose_gc');

/** Frees all unreachable memory now. */
export const collectGarbage = runInNewContext('gc') as () => void;
