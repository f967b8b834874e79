import type { Fault } from '../fault.js';
import { faultType } from '../registry.js';
import type { OpenLink } from './link.js';

/** Opens the link that a fault of the stream is; undefined for a fault of another kind. */
export function openLinkOf(fault: Fault): OpenLink | undefined {
  const type = faultType(fault.type);
  // The schema has checked that the attributes are those of the type.
  return type?.acts === 'stream' ? type.open(fault.attributes as never) : undefined;
}
