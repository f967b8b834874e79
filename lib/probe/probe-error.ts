import { RabbitSnareError } from '../errors.js';

/** The server to probe could not be reached. The message is one line. */
export class ProbeError extends RabbitSnareError {
  override readonly name = 'ProbeError';
  readonly host: string;
  readonly port: number;
  /** The error code of the operating system, for example ECONNREFUSED, ENOTFOUND or ETIMEDOUT. */
  readonly reason: string;

  constructor(target: { readonly host: string; readonly port: number }, cause: unknown) {
    const { host, port } = target;
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code ?? message;
    super('ERR_PROBE_UNREACHABLE', `cannot reach ${host.includes(':') ? `[${host}]` : host}:${port}: ${reason}`, {
      cause,
    });
    this.host = host;
    this.port = port;
    this.reason = reason;
  }
}
