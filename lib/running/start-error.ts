import { RabbitSnareError } from '../errors.js';

const PLAIN: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is in use by another program',
  EACCES: 'this user is not allowed to open that port',
  EADDRNOTAVAIL: 'no interface of this machine has that address',
  ENOTFOUND: 'no such host',
};

/** Startup failed for a reason outside the config, such as a port that is in use. */
export class StartError extends RabbitSnareError {
  override readonly name = 'StartError';

  /** @param what what failed: `proxy amqp cannot listen on 127.0.0.1:5673` */
  constructor(what: string, cause: unknown) {
    const { code, message } = cause as NodeJS.ErrnoException;
    super('ERR_START', `${what}: ${code === undefined ? message : `${PLAIN[code] ?? message} (${code})`}`, { cause });
  }
}
