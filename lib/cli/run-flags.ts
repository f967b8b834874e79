import { type Flag, flagOptions } from '../config/flags.js';
import { faultFlags } from './run-faults.js';

/** The flags of `run`. */
export const runFlags: Readonly<Record<string, Flag>> = { ...flagOptions(), ...faultFlags };

/** The same, without their help: yargs formats it whenever it runs a command, which takes 100 ms of CPU time. */
export const unformatted: Readonly<Record<string, Flag>> = Object.fromEntries(
  Object.entries(runFlags).map(([name, flag]) => [name, { ...flag, hidden: true }]),
);
