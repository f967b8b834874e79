/** Where the token of the control API is kept until the tab is closed. */
const TOKEN = 'rabbit-snare-token';
/** After this time without an answer a request has failed, in ms. */
const LONGEST_WAIT = 15_000;

/** The control API rejected a request, or could not be reached: then `status` is null. */
export class RequestError extends Error {
  readonly status: number | null;

  constructor(status: number | null, message: string) {
    super(message);
    this.status = status;
  }
}

/** The control API that served this page. The token is sent in a header, and is kept in the session storage only. */
export class Control {
  private readonly storage: Pick<Storage, 'getItem' | 'setItem'>;
  private readonly request: typeof fetch;

  constructor(
    storage: Pick<Storage, 'getItem' | 'setItem'>,
    request: typeof fetch = (input, init) => fetch(input, init),
  ) {
    this.storage = storage;
    this.request = request;
  }

  /** Null: none was given. */
  get token(): string | null {
    return this.storage.getItem(TOKEN);
  }

  set token(token: string) {
    this.storage.setItem(TOKEN, token);
  }

  /** Whether requests are sent with a token. */
  get hasToken(): boolean {
    return this.token !== null;
  }

  /**
   * Sends a request and returns the JSON of the answer; undefined if it has no body.
   *
   * @param path for example `/faults`
   * @param body sent as JSON; text is sent as YAML
   * @param signal ends the request, which then fails
   * @throws RequestError, also if there is no answer for 15 s
   */
  async ask<Answer>(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    signal?: AbortSignal,
  ): Promise<Answer> {
    const isText = typeof body === 'string';
    const ended = new AbortController();
    const end = (): void => ended.abort();
    const timer = setTimeout(end, LONGEST_WAIT);
    signal?.addEventListener('abort', end);
    try {
      const response = await this.send(path, {
        method,
        signal: ended.signal,
        ...(body !== undefined && {
          body: isText ? body : JSON.stringify(body),
          headers: { 'Content-Type': isText ? 'application/yaml' : 'application/json' },
        }),
      });
      return parse(await response.text().catch(unreachable)) as Answer;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
    }
  }

  /** Sends a request with the token. @throws RequestError if the status is not a success */
  async send(path: string, { headers, ...init }: RequestInit = {}): Promise<Response> {
    const { token } = this;
    const all = new Headers(headers);
    if (token !== null) all.set('Authorization', `Bearer ${token}`);
    const response = await this.request(path, { ...init, headers: all, cache: 'no-store' }).catch(unreachable);
    if (response.ok) return response;
    throw new RequestError(
      response.status,
      errorIn(await response.text().catch(unreachable)) ?? `HTTP ${response.status}`,
    );
  }
}

function unreachable(): never {
  throw new RequestError(null, 'rabbit-snare does not answer');
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestError(null, 'the answer is not from rabbit-snare');
  }
}

function errorIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { readonly error?: string }).error;
  } catch {
    return text.trim() || undefined;
  }
}
