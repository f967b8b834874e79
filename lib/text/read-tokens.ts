import type { CST, LineCounter } from 'yaml';
import { yaml } from './yaml.js';

/** Maximum anchors and aliases in a document. The time to resolve them grows with their square. */
const MOST_REFERENCES = 1000;

/** Maximum lexemes: words, quotes and marks. A config with 1,000 faults has about 100,000. */
const MOST_LEXEMES = 200_000;

/** The lexeme before the text of a scalar, which may begin like an alias. */
const SCALAR = '\x1f';

/**
 * Reads the tokens of a YAML document. It stops at the first that exceeds a limit: parsing 1 MiB of brackets, commas or
 * aliases would take seconds.
 *
 * @param deepest maximum nesting; what is nested far deeper is not read to its end
 * @returns the tokens, or the offset at which a limit is exceeded and the rule
 */
export function readTokens(
  source: string,
  lines: LineCounter,
  deepest: number,
): readonly CST.Token[] | { readonly offset: number; readonly rule: string } {
  const parser = new (yaml().Parser)(lines.addNewLine);
  lines.addNewLine(0);
  const tokens: CST.Token[] = [];
  let [offset, lexemes, references, before] = [0, 0, 0, ''];
  for (const lexeme of new (yaml().Lexer)().lex(source)) {
    lexemes += 1;
    if (before !== SCALAR && (lexeme.startsWith('*') || lexeme.startsWith('&'))) references += 1;
    if (references > MOST_REFERENCES)
      return { offset, rule: `must have at most ${MOST_REFERENCES} anchors and aliases` };
    if (lexemes > MOST_LEXEMES) return { offset, rule: `must have at most ${MOST_LEXEMES} words and marks` };
    if (parser.stack.length > 2 * deepest)
      return { offset, rule: `not valid YAML: nested deeper than ${deepest} levels` };
    tokens.push(...parser.next(lexeme));
    before = lexeme;
    offset = parser.offset;
  }
  tokens.push(...parser.end());
  return tokens;
}
