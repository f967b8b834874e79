/**
 * Returns whether the text for a stream is colored: if it is a terminal that can show colors, and the variable NO_COLOR is
 * not set or empty.
 *
 * @see https://no-color.org
 */
export function isColored({ isTTY }: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): boolean {
  return isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}
