import type { Match, Words } from './row.js';
import type { Subject } from './subject.js';

const asItIs = (value: string): string => value;

/**
 * The words of a row with the values of an entry. A value that the entry does not have is its name in capitals, as in
 * `rabbitmqctl add_vhost VHOST`.
 *
 * @param shown how values are written. @defaultValue as they are
 */
export function worded(words: Words, match: Match, shown: (value: string) => string = asItIs): string {
  if (typeof words === 'function') return words(match);
  return words.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (name === 'at') return match.subject.client === null ? '' : ` at ${match.subject.client}`;
    const value = match.groups[name] ?? match.subject[name as keyof Subject];
    if (value === undefined || value === null) return name.toUpperCase();
    return shown(
      String(value)
        .replace(/\s+/g, ' ')
        .replace(/^"|[."]+$/g, ''),
    );
  });
}

/** A value as one word of a shell: an entry contains what a client sent, and its fix may be pasted into a terminal. */
export function shellWord(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
