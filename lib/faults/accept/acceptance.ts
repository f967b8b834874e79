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

/** Whether it acts on a connection as soon as it is accepted. */
export function actsAtAccept({ type }: Fault): boolean {
  return type === connectDelay.name;
}

/** How much later the proxy looks at a connection, in ms, by the faults that act on it. Several add up. */
export function acceptDelayOf(acting: readonly Fault[]): number {
  return acting.filter(actsAtAccept).reduce((sum, { attributes }) => sum + Number(attributes['delay']), 0);
}
