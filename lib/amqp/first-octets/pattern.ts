/** Whether octets begin as a pattern says. Fewer octets than the pattern has do not match. */
export type Pattern = (octets: Uint8Array) => boolean;

/**
 * Compiles a pattern of first octets. Its elements are separated by blanks:
 *
 * - `3c`: this octet
 * - `01-7f`: an octet of this range
 * - `60|63`: one of these; ranges too
 * - `..`: any octet
 * - `'SMB'`: the octets of this text, without blanks
 *
 * @example pattern("ff 'SMB' ..")
 */
export function pattern(source: string): Pattern {
  const places = source.split(' ').flatMap(placesOf);
  return (octets) =>
    octets.length >= places.length && places.every((allowed, at) => allowed[octets[at] as number] === 1);
}

/** A table for each place: 1 for an octet that is allowed there, otherwise 0. */
function placesOf(element: string): Uint8Array[] {
  const text = /^'(.+)'$/.exec(element)?.[1];
  if (text !== undefined) return Array.from(text, (character) => oneOf([[character.charCodeAt(0)]]));
  if (element === '..') return [oneOf([[0, 255]])];
  return [oneOf(element.split('|').map((range) => range.split('-').map((digits) => Number.parseInt(digits, 16))))];
}

function oneOf(ranges: readonly (readonly number[])[]): Uint8Array {
  const allowed = new Uint8Array(256);
  for (const [first = 0, last = first] of ranges) allowed.fill(1, first, last + 1);
  return allowed;
}

/** Whether one of the patterns matches. */
export function anyOf(...sources: readonly string[]): Pattern {
  const patterns = sources.map(pattern);
  return (octets) => patterns.some((matches) => matches(octets));
}
