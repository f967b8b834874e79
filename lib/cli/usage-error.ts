import { RabbitSnareError } from '../errors.js';

/** The command line is invalid. The exit code is 2. */
export class UsageError extends RabbitSnareError {
  override readonly name = 'UsageError';

  constructor(message: string) {
    super('ERR_USAGE', `${message}; see rabbit-snare --help`);
  }
}
