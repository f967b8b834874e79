/**
 * Formats an address as RabbitMQ does: `127.0.0.1:5672`, `[::1]:5672`. IPv4-mapped IPv6 addresses lose their prefix.
 * Returns null if a part is missing.
 *
 * @see rabbit_misc.erl, `ntoab`
 */
export function addressOf(host: string | undefined, port: number | undefined): string | null {
  if (host === undefined || port === undefined) return null;
  if (!host.includes(':')) return `${host}:${port}`;
  return host.startsWith('::ffff:') && host.includes('.') ? `${host.slice(7)}:${port}` : `[${host}]:${port}`;
}

/** Returns the host of an address that `addressOf` has formatted, without brackets: `127.0.0.1`, `::1`. */
export function hostOf(address: string): string {
  const end = address.lastIndexOf(':');
  return address.startsWith('[') ? address.slice(1, end - 1) : address.slice(0, end);
}
