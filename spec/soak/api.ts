import { request } from 'node:http';
import { within } from '../support/within.js';

/** An error response. */
export class ApiFailure extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(`HTTP ${status}: ${text.slice(0, 200)}`);
    this.status = status;
  }
}

/** Calls the control API. Each request has a connection of its own, so none stays open when the run is over. */
export class Api {
  readonly url: URL;

  constructor(url: string) {
    this.url = new URL(url);
  }

  /** @returns the text of a successful response @throws ApiFailure, or the error of the connection */
  text(method: string, path: string, body?: unknown): Promise<string> {
    const answered = new Promise<string>((resolve, reject) => {
      const { hostname, port } = this.url;
      const sent = request({ hostname, port, method, path, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const { statusCode = 0 } = response;
          if (statusCode < 400) resolve(text);
          else reject(new ApiFailure(statusCode, text));
        });
      });
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
    return within(answered, `${method} ${path}`);
  }

  /** The same, as JSON. */
  async json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const text = await this.text(method, path, body);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}
