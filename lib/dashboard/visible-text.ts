/** What does not show, or changes how the text around it is shown: control and format characters, lone surrogates. */
const HIDDEN = /([\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+)/u;

/** A part of a text. `isHidden`: the text is an escape for characters that would not show. */
export type TextPart = { readonly text: string; readonly isHidden: boolean };

/**
 * Splits text from a client into parts that can be shown: what would not show, or would change the order of other text, becomes
 * an escape such as `\u202e`.
 *
 * @param longest maximum characters; the rest is cut
 */
export function visibleParts(text: string, longest = Number.POSITIVE_INFINITY): readonly TextPart[] {
  const shown = text.length > longest ? `${text.slice(0, longest).replace(/[\ud800-\udbff]$/, '')}…` : text;
  return shown
    .split(HIDDEN)
    .map((part, at) => ({ text: at % 2 === 1 ? escaped(part) : part, isHidden: at % 2 === 1 }))
    .filter((part) => part.text !== '');
}

/** The same as plain text. */
export const visibleText = (text: string, longest?: number): string =>
  visibleParts(text, longest)
    .map((part) => part.text)
    .join('');

function escaped(hidden: string): string {
  let text = '';
  for (let at = 0; at < hidden.length; at++) text += `\\u${hidden.charCodeAt(at).toString(16).padStart(4, '0')}`;
  return text;
}
