/** Where the token of the control API is kept until the tab is closed. */
const TOKEN = 'rabbit-snare-token';

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
  private readonly storage: Storage;

  constructor(storage: Storage) {
    this.storage = storage;
  }

  set token(token: string) {
    this.storage.setItem(TOKEN, token);
  }

  /** Whether requests are sent with a token. */
  get hasToken(): boolean {
    return this.storage.getItem(TOKEN) !== null;
  }

  /**
   * Sends a request and returns the JSON of the answer; undefined if it has no body.
   *
   * @param path for example `/faults`
   * @param body sent as JSON; text is sent as YAML
   * @throws RequestError
   */
  async ask<Answer>(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    signal?: AbortSignal,
  ): Promise<Answer> {
    const isText = typeof body === 'string';
    const response = await this.send(path, {
      method,
      ...(signal && { signal }),
      ...(body !== undefined && {
        body: isText ? body : JSON.stringify(body),
        headers: { 'Content-Type': isText ? 'application/yaml' : 'application/json' },
      }),
    });
    const text = await response.text();
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }

  /** Sends a request with the token. @throws RequestError if the status is not a success */
  async send(path: string, { headers, ...init }: RequestInit = {}): Promise<Response> {
    const token = this.storage.getItem(TOKEN);
    const all = new Headers(headers);
    if (token !== null) all.set('Authorization', `Bearer ${token}`);
    const response = await fetch(path, { ...init, headers: all, cache: 'no-store' }).catch((error: unknown) => {
      if (init.signal?.aborted) throw error;
      throw new RequestError(null, 'rabbit-snare does not answer');
    });
    if (response.ok) return response;
    throw new RequestError(response.status, errorIn(await response.text()) ?? `HTTP ${response.status}`);
  }
}

function errorIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { readonly error?: string }).error;
  } catch {
    return text.trim() || undefined;
  }
}
