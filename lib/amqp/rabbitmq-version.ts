import { parseVersion } from './version.js';

/** The version of a broker that identified itself; undefined if it is not RabbitMQ, or its version is unreadable. */
export function rabbitmqVersion(
  product: string | null | undefined,
  version: string | null | undefined,
): string | undefined {
  if (product !== 'RabbitMQ' || !version || parseVersion(version) === undefined) return undefined;
  return version;
}
