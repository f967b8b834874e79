import { ConfigError } from '../../errors.js';
import { type Address, parseAddress } from '../../text/address.js';

/**
 * The address that a proxy is to dial, told as it was written. As with Toxiproxy it is not checked: connections to one
 * that is none cannot be forwarded, and their reports say so.
 */
export function readUpstream(written: string): Address | 'stand-in' {
  if (written === 'stand-in') return written;
  try {
    return { ...parseAddress(written, 1), written };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // Nobody is there, by its name.
    return { host: written, port: 0, written };
  }
}
