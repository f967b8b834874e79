import { RabbitSnareError } from '../errors.js';

/** The command line is invalid. The exit code is 2. */
export class UsageError extends RabbitSnareError {
  override readonly name = 'UsageError';

  /** @param command whose help has the answer, such as `config show`; without it, the program's */
  constructor(message: string, command = '') {
    super('ERR_USAGE', `${message}; see ${['rabbit-snare', command, '--help'].filter(Boolean).join(' ')}`);
  }
}
