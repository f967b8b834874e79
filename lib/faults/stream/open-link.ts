import type { Fault } from '../fault.js';
import { faultType } from '../registry.js';
import type { OpenLink } from './link.js';

/** Opens the link of a stream fault; undefined for any other fault. @param attributes those of the fault, with values for ramps */
export function openLinkOf(fault: Fault, attributes = fault.attributes): OpenLink | undefined {
  const type = faultType(fault.type);
  // The schema has checked that the attributes belong to the type.
  return type?.acts === 'stream' ? type.open(attributes as never) : undefined;
}
