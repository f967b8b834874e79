import type { Config } from '../config/schema.js';
import { ConfigError } from '../errors.js';
import { formatAddress } from '../text/address.js';
import { ownListenerAt } from './own-listener.js';

/**
 * Rejects upstreams that reach a listener of this instance through DNS or a network interface, which the config alone
 * does not show.
 *
 * @throws ConfigError
 */
export async function refuseLoops({ proxies, control }: Config): Promise<void> {
  const enabled = proxies.filter((proxy) => proxy.enabled);
  const listeners = [...enabled.map(({ listen }) => listen), ...(control === null ? [] : [control.listen])];
  // At once, because each name may take a while to be resolved.
  const reached = await Promise.all(
    enabled.map(({ upstream }) => (typeof upstream === 'object' ? ownListenerAt(upstream, listeners) : undefined)),
  );
  for (const [at, { name, upstream }] of enabled.entries()) {
    const own = reached[at];
    if (typeof upstream !== 'object' || own === undefined) continue;
    throw new ConfigError(
      `upstream of proxy ${name} must not be a listener of rabbit-snare itself: ${formatAddress(upstream)} reaches ${formatAddress(own)}`,
    );
  }
}
