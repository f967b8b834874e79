import { request } from 'node:http';
import type { ExecutionContext } from 'ava';
import { startApi } from './control.js';
import type { Description } from './description.js';
import { within } from './within.js';

/** A request, sent verbatim; the path is not normalized. */
export type Request = {
  readonly method: string;
  readonly path: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string | null;
};

/** The response, byte for byte. Header names are in lower case. */
export type Response = {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
};

/** The description of each server, by its URL. */
const descriptions = new Map<string, Description>();

/** A server of Toxiproxy's API on a free port, without proxies. Its responses are checked against its own description. */
export async function startToxiproxy(t: ExecutionContext): Promise<{ readonly url: string }> {
  const { url, description } = await startApi(t);
  descriptions.set(url, description);
  return { url };
}

/** Each request uses its own connection. */
export async function send(url: string, { method, path, headers = {}, body = null }: Request): Promise<Response> {
  const { hostname, port } = new URL(url);
  const answered = new Promise<Response>((resolve, reject) => {
    const sent = request({ host: hostname, port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const single = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(single), body: text });
      });
    });
    sent.on('error', reject);
    sent.end(body ?? undefined);
  });
  const response = await within(answered, `an answer to ${method} ${path}`);
  const { status, body: text } = response;
  const contentType = response.headers['content-type'] ?? null;
  const problem = descriptions.get(url)?.problem(method, path, { status, contentType, text });
  if (problem) throw new Error(`${method} ${path}: ${problem}: ${text}`);
  return response;
}

/** A response with its parsed JSON; null when it has none. */
export type Answer = Response & {
  // biome-ignore lint/suspicious/noExplicitAny: each spec knows the type.
  readonly json: any;
};

export type Call = (
  method: string,
  path: string,
  body?: object | string | null,
  headers?: Request['headers'],
) => Promise<Answer>;

/** Sends requests to a server of Toxiproxy's API. Objects are sent as JSON. */
export function callsTo(url: string, always: Request['headers'] = {}): Call {
  return async (method, path, body = null, headers = {}) => {
    const text = body === null || typeof body === 'string' ? body : JSON.stringify(body);
    const response = await send(url, { method, path, headers: { ...always, ...headers }, body: text });
    const isJson = /^application\/json/.test(response.headers['content-type'] ?? '');
    return { ...response, json: isJson ? JSON.parse(response.body) : null };
  };
}

/** The expected error. */
export const errorOf = (status: number, error: string): object => ({ status, json: { error, status } });
