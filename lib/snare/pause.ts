import type { FaultInput } from '../faults/fault.js';

/** The faults that hold all bytes back while a snare is paused. */
export const PAUSE: readonly FaultInput[] = (['upstream', 'downstream'] as const).map((stream) => ({
  type: 'bandwidth',
  name: `paused_${stream}`,
  stream,
  attributes: { rate: 0 },
}));
