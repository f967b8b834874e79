import { createSecureContext } from 'node:tls';
import type { Origination } from '../../lib/tls/tls-settings.js';
import { pem } from './secure-wire.js';

/** TLS to an upstream whose certificate is from the CA of the fixtures. @param servername null: that of the host */
export const trusting = (servername: string | null = null): Origination => ({
  credentials: { secureContext: createSecureContext({ ca: pem('ca') }) },
  servername,
});
