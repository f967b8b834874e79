import { RabbitSnareError } from '../errors.js';

/** A control API rejected a request or could not be reached. The message is the API's own, or says what to check. */
export class ControlError extends RabbitSnareError {
  override readonly name = 'ControlError';
  /** HTTP status; null if there was no response. */
  readonly status: number | null;

  constructor(status: number | null, message: string, options?: ErrorOptions) {
    super('ERR_CONTROL', message, options);
    this.status = status;
  }
}
