import { quote } from '../text/quote.js';
import { ControlError } from './control-error.js';

/** The address of a control API, and its token. */
export type ControlOptions = {
  /** @defaultValue `http://127.0.0.1:8474` */
  readonly url?: string | undefined;
  /** @defaultValue none */
  readonly token?: string | undefined;
};

/** The default URL of a control API. */
export const DEFAULT_URL = 'http://127.0.0.1:8474';

/** Sends requests to a control API. */
export class Control {
  readonly url: string;
  private readonly headers: Readonly<Record<string, string>>;

  /** @throws ControlError if the URL is invalid */
  constructor({ url = DEFAULT_URL, token }: ControlOptions) {
    // `HOST:PORT` is accepted as a URL too.
    const written = url.includes('://') ? url : `http://${url}`;
    if (!URL.canParse(written))
      throw new ControlError(null, `the URL of a control API must be like ${DEFAULT_URL}, not ${quote(url)}`);
    this.url = written.replace(/\/+$/, '');
    this.headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  }

  /**
   * Sends a request and returns the JSON of the response.
   *
   * @param body sent as JSON
   * @param signal aborts the request
   * @returns undefined if the response has no body
   * @throws ControlError
   */
  async ask<T>(method: string, path: string, body?: unknown, signal: AbortSignal | null = null): Promise<T> {
    const sent = body !== undefined && { body: JSON.stringify(body) };
    const response = await this.fetch(path, { method, signal, ...sent });
    return (response.status === 204 ? undefined : await this.jsonOf(response)) as T;
  }

  /** Sends a request and returns a successful response. @throws ControlError */
  async fetch(path: string, { headers, ...init }: RequestInit = {}): Promise<Response> {
    const response = await this.reach(path, { ...init, headers: { ...this.headers, ...(headers as object) } });
    if (response.ok) return response;
    throw new ControlError(response.status, await textOf(response));
  }

  /** Returns the error for a response that does not come from a control API. */
  stranger({ status }: Response, options?: ErrorOptions): ControlError {
    return new ControlError(status, `the server at ${this.url} is not a control API of rabbit-snare`, options);
  }

  private async jsonOf(response: Response): Promise<unknown> {
    try {
      return await response.json();
    } catch (error) {
      if (error instanceof SyntaxError) throw this.stranger(response, { cause: error });
      throw this.lost('the response was cut off by', error);
    }
  }

  private async reach(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(`${this.url}${path}`, init);
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw this.lost('cannot reach a control API at', error);
    }
  }

  private lost(what: string, error: unknown): ControlError {
    const { code, message } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
    const why = `${what} ${this.url} (${code ?? message}): is rabbit-snare running there?`;
    return new ControlError(null, why, { cause: error });
  }
}

async function textOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    if (typeof error === 'string') return error;
  } catch {
    // Not a control API; the text of its response is better than nothing.
  }
  return `HTTP ${response.status}: ${text.trim().slice(0, 200)}`;
}
