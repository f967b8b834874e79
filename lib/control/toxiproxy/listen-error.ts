import { getSystemErrorMap } from 'node:util';
import { StartError } from '../../running/start-error.js';
import { ApiError } from '../api-error.js';

/** Go's texts where they differ from those of libuv. */
const TEXTS: Readonly<Record<string, string>> = { EADDRNOTAVAIL: 'cannot assign requested address' };

/** Turns the error of a listener that could not be opened into Toxiproxy's; other errors are returned unchanged. */
export function listenError(error: unknown): unknown {
  if (!(error instanceof StartError) || error.listen === undefined) return error;
  const { code = '', errno = 0 } = error.cause as NodeJS.ErrnoException;
  const [, text = code] = getSystemErrorMap().get(errno) ?? [];
  const { host, port } = error.listen;
  return new ApiError(500, `listen tcp ${hostOf(host)}:${port}: bind: ${TEXTS[code] ?? text}`, { cause: error });
}

/** Writes a host as Go's errors do: nothing for all addresses, and IPv4 for `[::]` and for IPv4-mapped addresses. */
function hostOf(host: string): string {
  if (host === '::') return '0.0.0.0';
  const [, ipv4] = /^::ffff:([\d.]+)$/i.exec(host) ?? [];
  return ipv4 ?? (host.includes(':') ? `[${host}]` : host);
}
