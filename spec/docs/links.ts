/** A link or an image of a page. */
export interface Link {
  readonly line: number;
  /** As it is written, percent-encoded. */
  readonly link: string;
}

/** The text without what is in fenced blocks, comments and code spans. Lines and columns stay. */
function prose(markdown: string): string {
  const blank = (text: string) => text.replaceAll(/[^\n]/g, ' ');
  return markdown
    .replaceAll(/^( *)(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1\2`*~*[ \t]*$/gm, blank)
    .replaceAll(/<!--[\s\S]*?-->/g, blank)
    .replaceAll(/(?<!`)(`+)(?!`)(?:(?!\n\n)[\s\S])*?(?<!`)\1(?!`)/g, blank);
}

/** A destination with parentheses in it, or in angle brackets. */
const DESTINATION = String.raw`(?:<([^<>\n]*)>|((?:[^\s()<]|\([^\s()]*\))+))`;
const PATTERNS = [
  // `](DESTINATION "title")`, the end of a link or an image
  new RegExp(String.raw`(?<!\\)\]\(\s*${DESTINATION}(?:\s+["'(][^"')]*["')])?\s*\)`, 'g'),
  // `[name]: DESTINATION`
  new RegExp(String.raw`^ {0,3}\[[^\]\n]+\]:\s*${DESTINATION}`, 'gm'),
  /<(?:a|img|source|video)\b[^>]*?\b(?:href|src)=(?:"([^"]*)"|'([^']*)')/g,
  /<([a-z][a-z0-9+.-]+:[^\s<>]*)>/gi,
];

/**
 * The links and images of a page, in the order of their lines.
 *
 * @throws Error if a link refers to a name that is not defined
 */
export function linksOf(markdown: string): readonly Link[] {
  const text = prose(markdown);
  // An escaped bracket begins no link.
  const plain = text.replaceAll(/\\\[[^\]\n]*\]/g, (escaped) => ' '.repeat(escaped.length));
  const lineAt = (index: number) => plain.slice(0, index).split('\n').length;
  const names = new Set([...plain.matchAll(/^ {0,3}\[([^\]\n]+)\]:/gm)].map(([, name = '']) => name.toLowerCase()));
  for (const { 1: shown = '', 2: name = '', index } of plain.matchAll(/\[([^[\]\n]*)\]\[([^[\]\n]*)\]/g)) {
    if (names.has((name || shown).toLowerCase())) continue;
    throw new Error(`${lineAt(index)}: [${name || shown}] is not defined`);
  }
  return PATTERNS.flatMap((pattern) =>
    [...plain.matchAll(pattern)].map(({ 1: one, 2: other, index }) => ({ index, link: one ?? other ?? '' })),
  )
    .sort((a, b) => a.index - b.index)
    .map(({ index, link }) => ({ line: lineAt(index), link: link.replaceAll(' ', '%20') }));
}

/** The anchors of a page: its headings in GitHub's form, where `## In the test` is `in-the-test`, and its `id` attributes. */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  // Code spans are part of a heading: only blocks and comments are not.
  const text = markdown
    .replaceAll(/^( *)(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1\2`*~*[ \t]*$/gm, '')
    .replaceAll(/<!--[\s\S]*?-->/g, '');
  const anchors = new Set<string>();
  const headings =
    /^ {0,3}#{1,6}[ \t]+(.+?)(?:[ \t]+#+)?[ \t]*$|^(\S[^\n]*)\n(?:=+|-+)[ \t]*$|<\w+\b[^>]*?\b(?:id|name)="([^"]+)"/gm;
  for (const [, atx, setext, id] of text.matchAll(headings)) {
    if (id !== undefined) {
      anchors.add(id);
      continue;
    }
    const anchor = (atx ?? setext ?? '')
      .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-');
    let unique = anchor;
    for (let count = 1; anchors.has(unique); count++) unique = `${anchor}-${count}`;
    anchors.add(unique);
  }
  return anchors;
}
