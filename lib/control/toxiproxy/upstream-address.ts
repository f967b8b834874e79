import { ConfigError } from '../../errors.js';
import { type Address, parseAddress } from '../../text/address.js';

/**
 * Parses the address that a proxy is to dial, which is reported as written. As in Toxiproxy, it is not validated:
 * connections to an invalid address cannot be forwarded, and their reports say so.
 */
export function readUpstream(written: string): Address | 'stand-in' {
  if (written === 'stand-in') return written;
  try {
    return { ...parseAddress(written, 1), written };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // Dialing this fails, with the text as the name.
    return { host: written, port: 0, written };
  }
}
