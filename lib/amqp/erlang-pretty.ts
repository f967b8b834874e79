import { type FormatLetter, printAtom, printBinary, printString } from './erlang.js';

/** An Erlang term: integer, atom, binary, string or tuple. Strings are printed in quotes. */
export type ErlangTerm = number | string | Uint8Array | Atom | readonly ErlangTerm[];

/** An Erlang atom, for example `none` or `'connection.open'`. */
export class Atom {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  toString(): string {
    return printAtom(this.name);
  }
}

class LeftOut extends Atom {
  override toString(): string {
    return this.name;
  }
}
/** Placeholder for a list that is left out: a stack trace, which is not imitated. */
export const LEFT_OUT: ErlangTerm = new LeftOut('[...]');
/** Placeholder for a binary that must not be shown. */
export const SECRET: ErlangTerm = new LeftOut('<<...>>');

/** `width`: line length, 80 as in io_lib; 0 disables wrapping. `column`: where the term begins, counted from 1. */
export type PrintOptions = { readonly letter: FormatLetter; readonly column?: number; readonly width?: number };

/**
 * A term with its text on one line. Tuples keep their elements. `isBroken`: a binary of decimals, which can be wrapped.
 */
type Node = {
  readonly flat: string;
  readonly elements: readonly Node[] | null;
  readonly isTagged: boolean;
  readonly isBroken: boolean;
};

const LINE_LENGTH = 80;

/** Thrown if the terms do not fit with the indentation that was tried. */
class NoGood extends Error {}

/**
 * Prints a term in the layout of Erlang's pretty printer: on one line if it fits, otherwise on several.
 *
 * @see Erlang/OTP, io_lib_pretty.erl: a translation of `print/9` and its callees, for the terms used here
 */
export function prettyPrint(
  term: ErlangTerm,
  { letter, column = 1, width = LINE_LENGTH }: PrintOptions = { letter: '~p' },
): string {
  const node = nodeOf(term, letter);
  const length = node.flat.length;
  if (width === 0 || isAtomic(node) || length < width - column) return node.flat;
  // Indent by the length of the tag if the elements fit, otherwise by 4, otherwise by 1.
  for (const indentation of [-1, 4]) {
    try {
      return new Layout(width, length, indentation, true).print(node, column, ' '.repeat(column - 1), 0, 0);
    } catch (error) {
      if (!(error instanceof NoGood)) throw error;
    }
  }
  return new Layout(width, length, 1, false).print(node, column, ' '.repeat(column - 1), 0, 0);
}

function nodeOf(term: ErlangTerm, letter: FormatLetter): Node {
  if (typeof term === 'number') return atomic(String(term));
  if (typeof term === 'string') return atomic(printString(term));
  if (term instanceof Atom) return atomic(String(term));
  if (term instanceof Uint8Array) {
    const flat = printBinary(term, letter);
    return { flat, elements: null, isTagged: false, isBroken: !flat.startsWith('<<"') && flat !== '<<>>' };
  }
  const elements = term.map((element) => nodeOf(element, letter));
  const isTagged = term[0] instanceof Atom && term.length > 1;
  return { flat: `{${elements.map(({ flat }) => flat).join(',')}}`, elements, isTagged, isBroken: false };
}

const atomic = (flat: string): Node => ({ flat, elements: null, isTagged: false, isBroken: false });

const isAtomic = ({ elements, isBroken }: Node): boolean => elements === null && !isBroken;

/** The names correspond to io_lib_pretty.erl: Ll, M, TInd; in the parameters Col, Ind, LD, W. */
class Layout {
  private readonly lineLength: number;
  private readonly maxChars: number;
  private readonly tagIndent: number;
  /** Whether to check that the indentation fits (`cind`). */
  private readonly strict: boolean;

  constructor(lineLength: number, maxChars: number, tagIndent: number, strict: boolean) {
    this.lineLength = lineLength;
    this.maxChars = maxChars;
    this.tagIndent = tagIndent;
    this.strict = strict;
  }

  print(node: Node, column: number, indent: string, depth: number, used: number): string {
    if (this.fits(node, column, depth, used)) return node.flat;
    if (node.isBroken) return this.binary(node.flat, column + 2, `${indent}  `, depth, used);
    if (node.elements === null) return node.flat;
    if (node.isTagged) return `{${this.taggedTuple(node.elements, column, indent, depth, used + 1)}}`;
    return `{${this.list(node.elements, column + 1, `${indent} `, depth, used + 1)}}`;
  }

  private fits({ flat }: Node, column: number, depth: number, used: number): boolean {
    return flat.length < this.lineLength - column - depth && flat.length + used + depth <= this.maxChars;
  }

  private taggedTuple(
    [tag, ...rest]: readonly Node[],
    column: number,
    indent: string,
    depth: number,
    used: number,
  ): string {
    const { lineLength, maxChars, tagIndent } = this;
    const { flat } = tag as Node;
    const afterTag = flat.length + 2;
    const tagColumn = column + afterTag;
    if (tagIndent > 0 && afterTag > tagIndent) {
      const indented = column + tagIndent;
      if (this.strict && maxChars + indented > lineLength && indented > Math.trunc(lineLength / 2)) throw new NoGood();
      return (
        flat + this.tail(rest, indented, tagColumn, `${indent}${' '.repeat(tagIndent)}`, depth, used + flat.length)
      );
    }
    if (this.strict && maxChars + tagColumn >= lineLength && tagColumn >= Math.trunc(lineLength / 2)) {
      throw new NoGood();
    }
    return `${flat},${this.list(rest, tagColumn, `${indent}${' '.repeat(afterTag)}`, depth, used + flat.length + 1)}`;
  }

  private list([first, ...rest]: readonly Node[], column: number, indent: string, depth: number, used: number): string {
    if (first === undefined) return '';
    const [text, width] = this.element(first, column, indent, depthOf(rest, depth), used);
    return text + this.tail(rest, column, column + width, indent, depth, used + width);
  }

  /** The elements after the first: on the same line while they fit and are atomic. */
  private tail(
    [first, ...rest]: readonly Node[],
    lineColumn: number,
    column: number,
    indent: string,
    depth: number,
    used: number,
  ): string {
    if (first === undefined) return '';
    const { lineLength, maxChars } = this;
    const last = depthOf(rest, depth);
    const length = 1 + first.flat.length;
    const room = last === 0 ? 1 : last;
    const hasRoom = length < lineLength - column - room && used + length + room <= maxChars;
    if (hasRoom && isAtomic(first)) {
      return `,${first.flat}${this.tail(rest, lineColumn, column + length, indent, depth, used + length)}`;
    }
    const [text, width] = this.element(first, lineColumn, indent, last, 0);
    return `,\n${indent}${text}${this.tail(rest, lineColumn, lineColumn + width, indent, depth, width)}`;
  }

  /** An element and its width. After an element that is not atomic, a new line starts. */
  private element(node: Node, column: number, indent: string, depth: number, used: number): [string, number] {
    if (this.fits(node, column, depth, used) && isAtomic(node)) return [node.flat, node.flat.length];
    return [this.print(node, column, indent, depth, used), this.lineLength];
  }

  /** A binary of decimals, with as many on a line as fit. */
  private binary(flat: string, column: number, indent: string, depth: number, used: number): string {
    const room = Math.max(8, Math.min(this.lineLength - column, this.maxChars - 4 - used) - depth);
    const octets = flat.slice(2, -2).split(',');
    let left = room;
    let text = '<<';
    for (const [at, octet] of octets.entries()) {
      const isLast = at === octets.length - 1;
      const part = isLast ? octet : `${octet},`;
      if (part.length > left) {
        text += `\n${indent}`;
        left = room;
      }
      text += part;
      left -= part.length;
    }
    return `${text}>>`;
  }
}

const depthOf = (rest: readonly Node[], depth: number): number => (rest.length > 0 ? 0 : depth + 1);
