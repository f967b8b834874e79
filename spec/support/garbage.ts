import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose_gc');

/** Frees all unreachable memory immediately. */
export const collectGarbage = runInNewContext('gc') as () => void;
