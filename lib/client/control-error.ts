import { RabbitSnareError } from '../errors.js';

/** A control API refused a request, or could not be reached. The message is its own, or says what to check. */
export class ControlError extends RabbitSnareError {
  override readonly name = 'ControlError';
  /** Of HTTP; null when there was no answer. */
  readonly status: number | null;

  constructor(status: number | null, message: string, options?: ErrorOptions) {
    super('ERR_CONTROL', message, options);
    this.status = status;
  }
}
