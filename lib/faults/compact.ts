import { ConfigError } from '../errors.js';
import { quote } from '../text/quote.js';
import type { Fault } from './fault.js';
import { parseFault } from './parse-fault.js';
import type { FaultOptions } from './read-fault.js';

/** Keys that stand beside the attributes; all others are attributes or flat keys. */
const OUTER = ['name', 'proxy', 'stream', 'toxicity'];

/**
 * Reads a fault in one line: its type, then `key=value` for its name, proxy, stream, toxicity, attributes and
 * conditions. A value with blanks stands in quotes, single or double: `amqp_close at=open code=320 text="go away"`.
 *
 * @throws ConfigError as `parseFault`, and for a text of another form
 */
export function parseCompact(text: string, options: FaultOptions = {}): Fault {
  const [type, ...words] = wordsOf(text);
  return parseFault({ type, ...parseChange(words) }, options);
}

/**
 * Reads the keys of a fault, each as `key=value`: some stand beside the attributes, all others are among them.
 *
 * @throws ConfigError for a word of another form, and a key that is given twice
 */
export function parseChange(
  words: readonly string[],
): { readonly attributes: object } & { readonly [key: string]: unknown } {
  const outer = new Map<string, string>();
  const attributes = new Map<string, string>();
  for (const word of words) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    if (key === undefined || value === undefined)
      throw new ConfigError(`a fault must be TYPE KEY=VALUE…, not ${quote(word)}`);
    const map = OUTER.includes(key) ? outer : attributes;
    if (map.has(key)) throw new ConfigError(`${key} must not be given twice`);
    map.set(key, value);
  }
  return { ...Object.fromEntries(outer), attributes: Object.fromEntries(attributes) };
}

/** Words between blanks; quotes keep blanks and are taken off. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  let rest = text.trim();
  while (rest.length > 0) {
    const [whole] = /^(?:[^\s"']|"[^"]*"|'[^']*')+/.exec(rest) ?? [];
    if (whole === undefined) throw new ConfigError(`a fault must have its quotes closed, not ${quote(text)}`);
    words.push(unquoted(whole));
    rest = rest.slice(whole.length);
    if (rest.length > 0 && !/^\s/.test(rest))
      throw new ConfigError(`a fault must have its quotes closed, not ${quote(text)}`);
    rest = rest.trimStart();
  }
  return words;
}

/** A value that begins with a brace is JSON: its quotes are its own. */
function unquoted(word: string): string {
  return word.includes('={') ? word : word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_, double, single) => double ?? single);
}
