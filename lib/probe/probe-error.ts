import { RabbitSnareError } from '../errors.js';

/** The target of a probe could not be reached. The message is one line for people. */
export class ProbeError extends RabbitSnareError {
  override readonly name = 'ProbeError';
  readonly host: string;
  readonly port: number;
  /** What the operating system said, for example ECONNREFUSED, ENOTFOUND or ETIMEDOUT. */
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
