/** The address that the command line uses without `--url`. */
const DEFAULT_URL = 'http://127.0.0.1:8474';

/** Keys of the fault itself. On a line, all other keys are on one level. */
const OUTER = ['name', 'proxy', 'stream', 'toxicity'];

type Body = Readonly<Record<string, unknown>>;

/**
 * The command that adds a fault.
 *
 * @param url of the control API
 * @returns null if a value cannot be written on a line
 */
export function addCommand(body: Body, url: string): string | null {
  const words = wordsOf(body).map(([key, value]) => {
    const text = quoted(value);
    return text === null ? null : `${key}=${text}`;
  });
  if (words.includes(null)) return null;
  return `rabbit-snare faults add ${shell([String(body['type']), ...words].join(' '))}${urlFlag(url)}`;
}

/** The command that changes a fault. @returns null if a value is reset to its default, which the command cannot do */
export function updateCommand(id: string, body: Body, url: string): string | null {
  const words = wordsOf(body);
  if (words.some(([, value]) => value === null)) return null;
  const changes = words.map(([key, value]) => shell(`${key}=${plain(value)}`));
  return `rabbit-snare faults update ${shell(id)} ${changes.join(' ')}${urlFlag(url)}`;
}

/** The request as a curl command. @param hasToken whether the control API asks for a token */
export function curlCommand(
  { method, path, body }: { readonly method: string; readonly path: string; readonly body: string },
  url: string,
  hasToken: boolean,
): string {
  const token = hasToken ? ' -H "Authorization: Bearer $RABBIT_SNARE_CONTROL_TOKEN"' : '';
  return `curl -X ${method} ${shell(`${url}${path}`)}${token} -d ${shell(body)}`;
}

/** Quotes a word for a POSIX shell, if it needs quotes. */
export function shell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The keys of a body on one level, except its type. */
function wordsOf(body: Body): [key: string, value: unknown][] {
  const {
    type: _,
    attributes,
    when,
    ...others
  } = body as {
    readonly [key: string]: unknown;
    readonly attributes?: object;
    readonly when?: object;
  };
  const outer = Object.entries(others);
  return [
    ...outer.filter(([key]) => OUTER.includes(key)),
    ...Object.entries({ ...attributes, ...when }),
    ...outer.filter(([key]) => !OUTER.includes(key)),
  ];
}

const plain = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

/** A value between the quotes that it needs. Quotes cannot be escaped on a line. */
function quoted(value: unknown): string | null {
  const text = plain(value);
  if (typeof value === 'object') return text.includes('\\"') ? null : text;
  if (text !== '' && !/[\s"']/.test(text)) return text;
  // What begins with a brace is read as JSON, and keeps its quotes.
  if (text.startsWith('{') || text.includes('={')) return null;
  return text.includes('"') ? (text.includes("'") ? null : `'${text}'`) : `"${text}"`;
}

/** The flag for the address of the control API, if the command needs it. */
export const urlFlag = (url: string): string => (url === DEFAULT_URL ? '' : ` --url ${shell(url)}`);
