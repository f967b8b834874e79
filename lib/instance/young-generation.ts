import { setFlagsFromString } from 'node:v8';

/** V8's default. */
const GROWTH = 2;

let isFixed = false;

/**
 * Keeps V8's young generation at its size. During the start, most of what is created stays, so V8 would give the young
 * generation its full size, which is larger than the whole program, and keep it while the proxy is idle.
 *
 * @param always whether `letYoungGenerationGrow` has no effect
 */
export function keepYoungGenerationSmall(always = false, setFlag = setFlagsFromString): void {
  isFixed ||= always;
  setFlag('--semi-space-growth-factor=1');
}

/** Lets the young generation grow with the load, which makes connections cheaper. */
export function letYoungGenerationGrow(): void {
  if (!isFixed) setFlagsFromString(`--semi-space-growth-factor=${GROWTH}`);
}
