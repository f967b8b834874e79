import { HIDDEN } from './one-line.js';

/** Maximum length of quoted text, so that one bad value cannot fill a log. */
const LONGEST = 80;

/**
 * A value for an error message: text in quotes, cut at 80 characters, with escapes for what would change the display;
 * `a list` and `a map` by type.
 */
export function quote(value: unknown): string {
  if (typeof value === 'string') {
    const text = JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
    // JSON escapes only some of them.
    return text.replace(HIDDEN, (hidden) => `\\u${hidden.charCodeAt(0).toString(16).padStart(4, '0')}`);
  }
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'a map' : String(value);
}
