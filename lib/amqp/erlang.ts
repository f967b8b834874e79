/**
 * Erlang's format letters, with which a broker prints terms to its log:
 * - `~p`: a binary of printable Latin-1 is printed as text, any other as a list of decimals; the two are never mixed.
 * - `~tp` (with the emulator's printable range set to unicode): a binary of printable UTF-8 with at least one
 *   multi-octet character is printed as text with the suffix `/utf8`; any other as by `~p`.
 *
 * @see Erlang/OTP, io_lib_pretty.erl `printable_bin`, io_lib.erl `printable_unicode_list`
 */
export type FormatLetter = '~p' | '~tp';

const ESCAPES = new Map([
  [0x08, '\\b'],
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0b, '\\v'],
  [0x0c, '\\f'],
  [0x0d, '\\r'],
  [0x1b, '\\e'],
  [0x22, '\\"'],
  [0x5c, '\\\\'],
]);

const isPrintable = (point: number): boolean =>
  (point >= 0x20 && point <= 0x7e) ||
  ESCAPES.has(point) ||
  (point >= 0xa0 && point < 0xd800) ||
  (point > 0xdfff && point < 0xfffe) ||
  (point > 0xffff && point <= 0x10ffff);

/** The points in quotes; undefined if one of them is not printable. */
function quote(points: ArrayLike<number>): string | undefined {
  let text = '"';
  for (let at = 0; at < points.length; at++) {
    const point = points[at] as number;
    if (!isPrintable(point)) return undefined;
    text += ESCAPES.get(point) ?? String.fromCodePoint(point);
  }
  return `${text}"`;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The code points of UTF-8; undefined if the octets are not valid UTF-8. */
function codePoints(octets: Uint8Array): number[] | undefined {
  try {
    return Array.from(utf8.decode(octets), (character) => character.codePointAt(0) as number);
  } catch {
    return undefined;
  }
}

/** A binary: `<<"amqp0091">>`, `<<22,3,1,2,0,1,0,1>>`, `<<"éqp0091"/utf8>>`. */
export function printBinary(octets: Uint8Array, letter: FormatLetter): string {
  if (octets.length === 0) return '<<>>';
  const points = letter === '~tp' ? codePoints(octets) : undefined;
  if (points && points.length < octets.length) {
    const text = quote(points);
    return text === undefined ? `<<${octets.join(',')}>>` : `<<${text}/utf8>>`;
  }
  return `<<${quote(octets) ?? octets.join(',')}>>`;
}

/** A tuple of terms that are already printed: `{bad_version,{48,48,57,49}}`. */
export function printTuple(...terms: readonly (string | number)[]): string {
  return `{${terms.join(',')}}`;
}

/** A string. It is a list of code points in Erlang; one that is not printable is printed as a list of decimals. */
export function printString(text: string): string {
  if (text === '') return '[]';
  const points = Array.from(text, (character) => character.codePointAt(0) as number);
  return quote(points) ?? `[${points.join(',')}]`;
}

/** An atom: in single quotes unless it looks like a name. */
export function printAtom(name: string): string {
  return /^[a-z][a-zA-Z0-9_@]*$/.test(name) ? name : `'${name}'`;
}
