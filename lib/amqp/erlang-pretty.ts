import { type FormatLetter, printAtom, printBinary, printString } from './erlang.js';

/** An Erlang term: integer, atom, binary, string or tuple. Strings are Erlang's: printed in quotes. */
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
/** Stands for a list that is left out: a stack trace, which is nobody's business to imitate. */
export const LEFT_OUT: ErlangTerm = new LeftOut('[...]');
/** Stands for a binary that is not shown. */
export const SECRET: ErlangTerm = new LeftOut('<<...>>');

/** `width`: 80 as io_lib has it, 0 where nothing is wrapped; `column`: where the term begins, from 1. */
export type PrintOptions = { readonly letter: FormatLetter; readonly column?: number; readonly width?: number };

/** A term with its text on one line. Tuples keep their elements, and binaries of decimals can be broken. */
type Node = {
  readonly flat: string;
  readonly elements: readonly Node[] | null;
  readonly isTagged: boolean;
  readonly isBroken: boolean;
};

const LINE_LENGTH = 80;

/** The indentation that was tried does not do. */
class NoGood extends Error {}

/**
 * Prints a term as Erlang's pretty printer lays it out: on one line if there is room, else over several.
 *
 * @see Erlang/OTP, io_lib_pretty.erl: a translation of `print/9` and what it calls, for the terms that there are here
 */
export function prettyPrint(
  term: ErlangTerm,
  { letter, column = 1, width = LINE_LENGTH }: PrintOptions = { letter: '~p' },
): string {
  const node = nodeOf(term, letter);
  const length = node.flat.length;
  if (width === 0 || isAtomic(node) || length < width - column) return node.flat;
  // Full indentation behind a tag, if the elements have room then; else 4, else 1.
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

/** Names as in io_lib_pretty.erl: Ll, M, TInd; and Col, Ind, LD, W in the parameters. */
class Layout {
  private readonly lineLength: number;
  private readonly maxChars: number;
  private readonly tagIndent: number;
  /** Whether an indentation that does not do is to be found out (`cind`). */
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
    const behindTag = flat.length + 2;
    const tagColumn = column + behindTag;
    if (tagIndent > 0 && behindTag > tagIndent) {
      const indented = column + tagIndent;
      if (this.strict && maxChars + indented > lineLength && indented > Math.trunc(lineLength / 2)) throw new NoGood();
      return (
        flat + this.tail(rest, indented, tagColumn, `${indent}${' '.repeat(tagIndent)}`, depth, used + flat.length)
      );
    }
    if (this.strict && maxChars + tagColumn >= lineLength && tagColumn >= Math.trunc(lineLength / 2)) {
      throw new NoGood();
    }
    return `${flat},${this.list(rest, tagColumn, `${indent}${' '.repeat(behindTag)}`, depth, used + flat.length + 1)}`;
  }

  private list([first, ...rest]: readonly Node[], column: number, indent: string, depth: number, used: number): string {
    if (first === undefined) return '';
    const [text, width] = this.element(first, column, indent, depthOf(rest, depth), used);
    return text + this.tail(rest, column, column + width, indent, depth, used + width);
  }

  /** The elements behind the first: on the same line as long as there is room and they are atomic. */
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

  /** An element and its width; one that is not atomic forces what follows onto a new line. */
  private element(node: Node, column: number, indent: string, depth: number, used: number): [string, number] {
    if (this.fits(node, column, depth, used) && isAtomic(node)) return [node.flat, node.flat.length];
    return [this.print(node, column, indent, depth, used), this.lineLength];
  }

  /** A binary of decimals: as many on a line as there is room for. */
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
