import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ExecutionContext } from 'ava';
import type { Instance } from '../../lib/instance/instance.js';
import { makeInstance } from './instance.js';

/** What a request got. */
export type Answered = {
  readonly status: number;
  readonly headers: Headers;
  /** Of JSON the value, else the text. */
  // biome-ignore lint/suspicious/noExplicitAny: what it is the spec says.
  readonly body: any;
};

/** A running control API; every answer is held against the description that it serves itself. */
export type Control = {
  readonly url: string;
  readonly instance: Instance;
  call(method: string, path: string, body?: unknown): Promise<Answered>;
};

type Description = {
  readonly components: object;
  readonly paths: {
    readonly [path: string]: {
      readonly [method: string]: { readonly responses: { readonly [status: string]: Content } };
    };
  };
};
type Content = { readonly content?: { readonly [type: string]: { readonly schema?: object } } };

const NOWHERE = 'proxies: []';

/** @param text of a config file, as `makeInstance` takes it; the control API is on a free port */
export async function startControl(
  t: ExecutionContext,
  text = NOWHERE,
  { token }: { readonly token?: string } = {},
): Promise<Control> {
  const { instance } = makeInstance(t, /^control:/m.test(text) ? text : `${text}\ncontrol: 127.0.0.1:0`);
  const { control: url } = await instance.start();
  if (url === null) throw new Error('there is no control API');
  const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const description = (await (await fetch(`${url}/openapi.json`, { headers })).json()) as Description;
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const call = async (method: string, path: string, body?: unknown): Promise<Answered> => {
    const init = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const response = await fetch(`${url}${path}`, { method, headers, ...init });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    const answered = { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
    const problem = problemOf(description, ajv, method, path, answered);
    if (problem !== null) throw new Error(`${method} ${path}: ${problem}: ${text}`);
    return answered;
  };
  return { url, instance, call };
}

/** What of an answer the description does not have; null for nothing. */
export function problemOf(
  { paths, components }: Description,
  ajv: Ajv2020,
  method: string,
  path: string,
  { status, body, headers }: Answered,
): string | null {
  const [plain = ''] = path.split('?');
  const template = Object.keys(paths).find((each) =>
    new RegExp(`^${each.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(plain),
  );
  if (template === undefined || status === 405) return null;
  const operation = paths[template]?.[method.toLowerCase()];
  const described = operation?.responses[String(status)];
  if (!described) return `the status ${status} is not described`;
  if (!described.content) return body === '' ? null : 'no content is described';
  const type = headers.get('content-type')?.split(';')[0] ?? '';
  const media = described.content[type];
  if (!media) return `the content type ${type} is not described`;
  if (!media.schema) return null;
  const validate = ajv.compile({ ...media.schema, components });
  return validate(body) ? null : ajv.errorsText(validate.errors);
}
