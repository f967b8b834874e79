import { RabbitSnareError } from '../errors.js';

/** A request that cannot be carried out. Its status and message become the response. */
export class ApiError extends RabbitSnareError {
  override readonly name = 'ApiError';
  readonly status: 400 | 404 | 409 | 413 | 500 | 503;

  constructor(status: ApiError['status'], message: string, options?: ErrorOptions) {
    super('ERR_API', message, options);
    this.status = status;
  }
}
