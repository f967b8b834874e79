import { ConfigError } from '../errors.js';
import { quote } from '../text/quote.js';
import type { Fault } from './fault.js';
import { parseFault } from './parse-fault.js';
import type { FaultOptions } from './read-fault.js';

/** Keys of the fault itself; all others are attributes, conditions or times. */
const OUTER = ['name', 'proxy', 'stream', 'toxicity', 'enabled'];

/**
 * Reads a fault from one line: its type, then `key=value` for its name, proxy, stream, toxicity, attributes and
 * conditions. Single or double quotes enclose a value with spaces: `amqp_close at=open code=320 text="go away"`.
 *
 * @throws ConfigError as `parseFault`, and for text of another form
 */
export function parseCompact(text: string, options: FaultOptions = {}): Fault {
  const [type, ...words] = wordsOf(text);
  return parseFault({ type, ...parseChange(words) }, options);
}

/**
 * Reads the keys of a fault, each as `key=value`. Keys that are not the fault's own go to its attributes.
 *
 * @throws ConfigError for a word of another form, and for a key that is given twice
 */
export function parseChange(
  words: readonly string[],
): { readonly attributes: object } & { readonly [key: string]: unknown } {
  const outer = new Map<string, string>();
  const attributes = new Map<string, string>();
  for (const word of words) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    if (key === undefined || value === undefined)
      throw new ConfigError(`a fault must have the form TYPE KEY=VALUE…, not ${quote(word)}`);
    const map = OUTER.includes(key) ? outer : attributes;
    if (map.has(key)) throw new ConfigError(`${key} must not be given twice`);
    map.set(key, value);
  }
  return { ...Object.fromEntries(outer), attributes: Object.fromEntries(attributes) };
}

/** Splits text into words at white space. Quotes protect white space and are removed. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  let rest = text.trim();
  while (rest.length > 0) {
    const [whole] = /^(?:[^\s"']|"[^"]*"|'[^']*')+/.exec(rest) ?? [];
    if (whole === undefined) throw new ConfigError(`a fault must have matching quotes, not ${quote(text)}`);
    words.push(unquoted(whole));
    rest = rest.slice(whole.length);
    if (rest.length > 0 && !/^\s/.test(rest))
      throw new ConfigError(`a fault must have matching quotes, not ${quote(text)}`);
    rest = rest.trimStart();
  }
  return words;
}

/** A value that begins with a brace is JSON and keeps its quotes. */
function unquoted(word: string): string {
  return word.includes('={') ? word : word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_, double, single) => double ?? single);
}
