import { RabbitSnareError } from '../errors.js';
import type { Address } from '../text/address.js';

const PLAIN: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is in use by another program',
  EACCES: 'this user is not allowed to open that port',
  EADDRNOTAVAIL: 'no interface of this machine has that address',
  EINVAL: 'the address is not one to listen on',
  ENOTFOUND: 'no such host',
};

/** Startup failed for a reason outside the config, such as a port that is in use. */
export class StartError extends RabbitSnareError {
  override readonly name = 'StartError';
  /** The address that could not be listened on. */
  readonly listen: Address | undefined;

  /**
   * @param what what failed: `proxy amqp cannot listen on 127.0.0.1:5673`
   * @param usedBy the part of this instance that has the address: `proxy other`
   */
  constructor(
    what: string,
    cause: unknown,
    { listen, usedBy }: { readonly listen?: Address; readonly usedBy?: string | undefined } = {},
  ) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const isOurs = code === 'EADDRINUSE' && usedBy !== undefined;
    const plain = isOurs ? `the address is in use by ${usedBy}` : (PLAIN[code ?? ''] ?? message);
    super('ERR_START', `${what}: ${plain}${code === undefined ? '' : ` (${code})`}`, { cause });
    this.listen = listen;
  }
}
