import type { RecordedPorts } from './recorded-ports.js';
import type { Response } from './toxiproxy.js';

/** An answer that must come. A body may also be told by a pattern. */
export type Expected = Omit<Response, 'body'> & { readonly body: string | RegExp };

/** Headers whose value, or absence, counts. */
const COMPARED = ['content-type', 'x-content-type-options', 'location'];
const REQUEST_ID = 'x-toxiproxy-request-id';

/** Keys that are ours, by a key that only their objects have. */
const OWN_KEYS: { readonly [key: string]: readonly string[] } = {
  listen: ['mode', 'dialect', 'learned'],
  attributes: ['when', 'times'],
};

/** In what an answer is not the one that must come; empty for nothing. Keys of our own do not count, but the order of all others does. */
export function differencesOf(expected: Expected, got: Response, ports: RecordedPorts): readonly string[] {
  const differences: string[] = [];
  const compare = (what: string, is: unknown, was: unknown) => {
    if (is !== was) differences.push(`${what} is ${is}, not ${was}`);
  };
  compare('status', got.status, expected.status);
  for (const name of COMPARED) compare(name, got.headers[name], expected.headers[name]);
  compare('a request id', REQUEST_ID in got.headers, REQUEST_ID in expected.headers);
  if (got.status === 204) compare('content-length', got.headers['content-length'], undefined);
  const { body } = expected;
  const text = withoutOwnKeys(got.body);
  const isRight = typeof body === 'string' ? ports.match(body, text) : body.test(text);
  if (!isRight) differences.push(`body is ${text}, not ${typeof body === 'string' ? ports.translate(body) : body}`);
  return differences;
}

/** Of JSON as Toxiproxy writes it: in one line without spaces. Other texts are left as they are. */
function withoutOwnKeys(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    const line = text.trimEnd();
    return JSON.stringify(value) === line ? text.replace(line, () => JSON.stringify(theirs(value))) : text;
  } catch {
    return text;
  }
}

function theirs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(theirs);
  if (typeof value !== 'object' || value === null) return value;
  const own = Object.keys(OWN_KEYS).flatMap((key) => (key in value ? (OWN_KEYS[key] ?? []) : []));
  const entries = Object.entries(value).filter(([key]) => !own.includes(key));
  return Object.fromEntries(entries.map(([key, each]) => [key, theirs(each)]));
}
