import type { ExecutionContext } from 'ava';
import type { Instance } from '../../lib/instance/instance.js';
import { Description } from './description.js';
import { makeInstance } from './instance.js';

/** A received response. */
export type Answered = {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed value of JSON, otherwise the text. */
  // biome-ignore lint/suspicious/noExplicitAny: each spec knows the type.
  readonly body: any;
};

/** A running control API; every response is checked against the OpenAPI description that it serves. */
export type Control = {
  readonly url: string;
  readonly instance: Instance;
  call(method: string, path: string, body?: unknown): Promise<Answered>;
};

const NOWHERE = 'proxies: []';

/** @param text of a config file, as for `makeInstance`; the control API listens on a free port */
export async function startControl(
  t: ExecutionContext,
  text = NOWHERE,
  { token }: { readonly token?: string } = {},
): Promise<Control> {
  const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const { url, instance, description } = await startApi(t, text, headers);
  const call = async (method: string, path: string, body?: unknown): Promise<Answered> => {
    const init = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const response = await fetch(`${url}${path}`, { method, headers, ...init });
    const text = await response.text();
    const { status, headers: got } = response;
    const contentType = got.get('content-type');
    const problem = description.problem(method, path, { status, contentType, text });
    if (problem !== null) throw new Error(`${method} ${path}: ${problem}: ${text}`);
    return { status, headers: got, body: contentType?.startsWith('application/json') ? JSON.parse(text) : text };
  };
  return { url, instance, call };
}

/** The same, before any request. @param headers for the request of its description */
export async function startApi(t: ExecutionContext, text = NOWHERE, headers: Record<string, string> = {}) {
  const { instance } = makeInstance(t, /^control:/m.test(text) ? text : `${text}\ncontrol: 127.0.0.1:0`);
  const { control: url } = await instance.start();
  if (url === null) throw new Error('the control API is off');
  return { url, instance, description: await Description.servedAt(url, headers) };
}
