/** Longer texts are cut in messages, so that one bad value cannot fill a log. */
const LONGEST = 80;

/** A value as an error message shows it: texts in quotes and at most 80 characters long, the rest by its shape. */
export function quote(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
  }
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'a map' : String(value);
}
