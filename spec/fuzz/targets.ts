import type { Target } from './target.js';
import { config } from './targets/config.js';
import { connections } from './targets/connections.js';
import { control } from './targets/control.js';
import { decoders } from './targets/decoders.js';
import { reload } from './targets/reload.js';

/** All targets, by the names that the command line takes. */
export const TARGETS = { decoders, config, reload, control, connections } as const satisfies Readonly<
  Record<string, Target>
>;

export type TargetName = keyof typeof TARGETS;

export const isTarget = (name: string): name is TargetName => Object.hasOwn(TARGETS, name);
