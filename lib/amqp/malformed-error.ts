import { RabbitSnareError } from '../errors.js';

/** Thrown for octets that cannot be decoded: truncated, too long, of an unknown field type, or nested too deeply. */
export class MalformedError extends RabbitSnareError {
  override readonly name = 'MalformedError';

  constructor(message: string) {
    super('ERR_MALFORMED', message);
  }
}
