import { StartError } from '../../running/start-error.js';
import { ApiError } from '../api-error.js';

const TEXTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EACCES: 'permission denied',
};

/** Turns the error of a listener that could not be opened into Toxiproxy's; other errors are returned unchanged. */
export function listenError(error: unknown): unknown {
  if (!(error instanceof StartError)) return error;
  const { code, address, port, message } = error.cause as NodeJS.ErrnoException & { address?: string; port?: number };
  const host = address?.includes(':') ? `[${address}]` : address;
  return new ApiError(500, `listen tcp ${host}:${port}: bind: ${TEXTS[code ?? ''] ?? message}`, { cause: error });
}
