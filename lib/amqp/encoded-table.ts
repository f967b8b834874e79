import { enter, type Fields, readField } from './field-table.js';
import type { OctetReader } from './octet-reader.js';

const code = (letter: string): number => letter.charCodeAt(0);

const [TABLE, ARRAY] = [code('F'), code('A')];
const STRINGS = [code('S'), code('x')];

/** Octets of a value by its type letter, where the type has a fixed size; otherwise undefined. */
const SIZES: readonly (number | undefined)[] = Array.from(
  { length: 256 },
  (_, letter) =>
    ({ V: 0, t: 1, b: 1, B: 1, s: 2, u: 2, I: 4, i: 4, f: 4, D: 5, l: 8, d: 8, T: 8 })[String.fromCharCode(letter)],
);

/**
 * A field table that is left encoded: a field is decoded when it is looked up. Every connection is opened with two tables of
 * which only a few fields matter, and to decode the others would cost more than the rest of its handshake.
 *
 * It is as strict as `readFieldTable`, and valid only as long as the octets that it was read from.
 */
export class EncodedTable implements Fields {
  private readonly content: OctetReader;
  private readonly depth: number;
  /** Where the name of each field begins. */
  private readonly fields: number[] = [];

  /**
   * Reads a table at the position of the reader.
   *
   * @param depth the number of enclosing tables and arrays
   * @throws MalformedError if it is malformed, or nested more than NESTING_MAX levels deep
   */
  constructor(reader: OctetReader, depth = 0) {
    const content = enter(reader, depth);
    this.content = content;
    this.depth = depth + 1;
    while (content.left > 0) {
      this.fields.push(content.position);
      content.skip(content.octet());
      skipField(content, this.depth);
    }
  }

  /** @param name in ASCII */
  get(name: string): ReturnType<Fields['get']> {
    const { content, depth, fields } = this;
    for (let nth = fields.length - 1; nth >= 0; nth--) {
      content.goTo(fields[nth] as number);
      if (!content.isShortstr(name)) continue;
      const { position } = content;
      if (content.octet() === TABLE) return { type: 'F', value: new EncodedTable(content, depth) };
      content.goTo(position);
      return readField(content, depth);
    }
    return undefined;
  }
}

function skipField(reader: OctetReader, depth: number): void {
  const { position } = reader;
  const type = reader.octet();
  const size = SIZES[type];
  if (size !== undefined) reader.skip(size);
  else if (STRINGS.includes(type)) reader.skip(reader.long());
  else if (type === TABLE) skipTable(enter(reader, depth), depth + 1);
  else if (type === ARRAY) skipArray(enter(reader, depth), depth + 1);
  else {
    // It throws the error for this type.
    reader.goTo(position);
    readField(reader, depth);
  }
}

function skipTable(fields: OctetReader, depth: number): void {
  while (fields.left > 0) {
    fields.skip(fields.octet());
    skipField(fields, depth);
  }
}

function skipArray(elements: OctetReader, depth: number): void {
  while (elements.left > 0) skipField(elements, depth);
}
