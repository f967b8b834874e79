import type { Fault } from '../fault.js';
import { connectDelay, connectHang, connectRefuse } from './connect.js';

/** What a listener does with connects. The first fault that was added wins. */
export function acceptanceOf(active: readonly Fault[]): 'accept' | 'refuse' | 'hang' {
  for (const { type } of active) {
    if (type === connectRefuse.name) return 'refuse';
    if (type === connectHang.name) return 'hang';
  }
  return 'accept';
}

/** How much later the proxy looks at a connection, in ms, by the faults that act on it. Several add up. */
export function acceptDelayOf(acting: readonly Fault[]): number {
  return acting
    .filter(({ type }) => type === connectDelay.name)
    .reduce((sum, { attributes }) => sum + Number(attributes['delay']), 0);
}
