import { oneLineJson } from './one-line.js';

/** Maximum length of quoted text, so that one bad value cannot fill a log. */
const LONGEST = 80;

/**
 * A value for an error message: text in quotes, cut at 80 characters, with escapes for what would change the display;
 * `a list` and `a map` by type.
 */
export function quote(value: unknown): string {
  if (typeof value === 'string') {
    return oneLineJson(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
  }
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'a map' : String(value);
}
