import { RabbitSnareError } from '../errors.js';

/** Octets that cannot be what they claim to be: cut short, too long, of an unknown field type, nested too deep. */
export class MalformedError extends RabbitSnareError {
  override readonly name = 'MalformedError';

  constructor(message: string) {
    super('ERR_MALFORMED', message);
  }
}
