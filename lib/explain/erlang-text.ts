/**
 * Removes the line breaks and blanks with which Erlang's pretty printer wraps a term: whitespace outside quotes, and the
 * seam of a string that was split. Text that is not a term has each run of whitespace as one space.
 */
export function unwrap(text: string): string {
  const trimmed = text.trim();
  if (!/\s/.test(trimmed)) return trimmed;
  if (!/^[{<"[]/.test(trimmed)) return trimmed.replace(/\s+/g, ' ');
  return trimmed.replace(/("(?:[^"\\]|\\[\s\S])*"?)|('(?:[^'\\]|\\[\s\S])*'?)|\s+/g, (_, quoted, atom) => {
    return quoted === undefined ? (atom ?? '') : quoted.replace(/(?:\\n|\s)+/g, ' ');
  });
}

const ESCAPED: { readonly [letter: string]: number } = {
  b: 0x08,
  t: 0x09,
  n: 0x0a,
  v: 0x0b,
  f: 0x0c,
  r: 0x0d,
  e: 0x1b,
  s: 0x20,
  d: 0x7f,
};

const utf8 = new TextEncoder();

/**
 * The octets of a binary as Erlang prints it: `<<"amqp0091">>`, `<<22,3,1,2,0,1,0,1>>`, `<<"éqp0091"/utf8>>`. A binary that
 * is cut off gives the octets before the cut.
 *
 * @returns null if the text is not a binary
 */
export function octetsOf(text: string): Uint8Array | null {
  const [, quoted, unicode, decimals] = /^<<(?:"((?:[^"\\]|\\[\s\S])*)"?(\/utf8)?|([\d,\s]*))/.exec(text.trim()) ?? [];
  if (decimals !== undefined) return decimals.trim() === '' ? new Uint8Array() : fromDecimals(decimals);
  if (quoted === undefined) return null;
  const characters = unescaped(quoted);
  // Without the suffix, each character is one octet. A log that was pasted may contain others.
  if (unicode === undefined && characters.every((point) => point <= 0xff)) return Uint8Array.from(characters);
  return utf8.encode(characters.map((point) => String.fromCodePoint(point)).join(''));
}

function fromDecimals(decimals: string): Uint8Array | null {
  const octets = decimals
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  return octets.every((octet) => octet <= 0xff) ? Uint8Array.from(octets) : null;
}

/** The code points of a quoted text. @see Erlang/OTP, the escape sequences of its reference manual */
function unescaped(quoted: string): number[] {
  return Array.from(quoted.matchAll(/\\(?:[0-7]{1,3}|x\{?[\da-f]+\}?|[\s\S])|[\s\S]/giu), ([written]) =>
    pointOf(written),
  );
}

function pointOf(written: string): number {
  if (!written.startsWith('\\') || written.length === 1) return written.codePointAt(0) as number;
  const rest = written.slice(1);
  if (/^[0-7]+$/.test(rest)) return Number.parseInt(rest, 8);
  if (/^x/i.test(rest)) return Number.parseInt(rest.replace(/[x{}]/gi, ''), 16);
  return ESCAPED[rest] ?? (rest.codePointAt(0) as number);
}
