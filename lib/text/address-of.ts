/**
 * An address as RabbitMQ prints it: `127.0.0.1:5672`, `[::1]:5672`; IPv4 mapped into IPv6 without its prefix.
 *
 * @see rabbit_misc.erl, `ntoab`
 */
export function addressOf(host: string | undefined, port: number | undefined): string | null {
  if (host === undefined || port === undefined) return null;
  if (!host.includes(':')) return `${host}:${port}`;
  return host.startsWith('::ffff:') && host.includes('.') ? `${host.slice(7)}:${port}` : `[${host}]:${port}`;
}
