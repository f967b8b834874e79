import stringWidth from 'string-width';

const graphemes = new Intl.Segmenter('en');
const ASCII = /^[ -~]*$/;

/**
 * Returns how many columns of a terminal a line takes. East Asian wide characters and emoji take two; combining characters and
 * the escape sequences of colors take none.
 */
export const columnsOf = (text: string): number => (ASCII.test(text) ? text.length : stringWidth(text));

/** Returns text of at most `width` columns. If it was longer, it ends with `…`. */
export function cut(text: string, width: number): string {
  if (columnsOf(text) <= width) return text;
  return width < 1 ? '' : `${beginning(text, width - 1)}…`;
}

/** Returns text of exactly `width` columns, cut or padded. @param align where the text is */
export function inColumns(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const shown = cut(text, width);
  const blanks = ' '.repeat(Math.max(0, width - columnsOf(shown)));
  return align === 'left' ? shown + blanks : blanks + shown;
}

/** Breaks text at blanks into lines of at most `width` columns. Only a longer word is broken elsewhere. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').filter((each) => each !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (columnsOf(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (columnsOf(line) > width) {
      const part = beginning(line, width) || firstGrapheme(line);
      lines.push(part);
      line = line.slice(part.length);
    }
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line];
}

/** Returns as much of the text as fits, without splitting a character from its combining ones. */
function beginning(text: string, width: number): string {
  if (ASCII.test(text)) return text.slice(0, width);
  let [end, columns] = [0, 0];
  for (const { segment } of graphemes.segment(text)) {
    columns += columnsOf(segment);
    if (columns > width) break;
    end += segment.length;
  }
  return text.slice(0, end);
}

const firstGrapheme = (text: string): string => [...graphemes.segment(text)][0]?.segment ?? text;
