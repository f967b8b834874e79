import type { RecordedPorts } from './recorded-ports.js';
import type { Response } from './toxiproxy.js';

/** An expected response. The body can be a pattern. */
export type Expected = Omit<Response, 'body'> & { readonly body: string | RegExp };

/** Headers that are compared, including their absence. */
const COMPARED = ['content-type', 'x-content-type-options', 'location'];
const REQUEST_ID = 'x-toxiproxy-request-id';

/** Our own keys, each with a key that identifies the objects that contain it. */
const OWN_KEYS: { readonly [key: string]: readonly string[] } = {
  listen: ['mirrorUpstream', 'upstreamState', 'mode', 'dialect', 'healthChecks', 'learned'],
  attributes: ['when', 'times'],
};

/** Returns how a response differs from the expected one. Our own keys are ignored; the order of the others counts. */
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

/** Normalizes JSON to Toxiproxy's form: one line without spaces. Other texts are returned unchanged. */
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
