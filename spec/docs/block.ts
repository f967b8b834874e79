import { readFileSync } from 'node:fs';

/** A fenced block of a page. */
export interface Block {
  /** Path of the page in the repository. */
  readonly page: string;
  /** Number of the line after the opening fence. */
  readonly line: number;
  /** The word after the opening fence, in lower case; empty if there is none. */
  readonly language: string;
  readonly text: string;
  readonly notes: Notes;
}

/**
 * What the HTML comments directly before a block say, one note in each comment:
 *
 * - `<!-- not run: REASON -->`: the block is not run. The spec counts these marks.
 * - `<!-- run first: COMMAND -->`: what the reader has done before, for example `npx rabbit-snare run --upstream stand-in`.
 * - `<!-- exit code: N -->`: the commands of the block exit with N instead of 0.
 * - `<!-- assume: DECLARATIONS -->`: what the TypeScript around the block declares. Such a block is checked, but not run.
 */
export interface Notes {
  readonly notRun?: string;
  readonly runFirst?: string;
  readonly exitCode?: string;
  readonly assume?: string;
}

const NOTES = { 'not run': 'notRun', 'run first': 'runFirst', 'exit code': 'exitCode', assume: 'assume' } as const;

export const blocksOf = (page: string): readonly Block[] => blocksIn(page, readFileSync(page, 'utf8'));

/** @throws Error if a block is not closed */
export function blocksIn(page: string, markdown: string): readonly Block[] {
  const lines = markdown.split('\n');
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at++) {
    const [, indent = '', fence, info = ''] = /^(\s*)(`{3,}|~{3,})\s*([^`]*)$/.exec(lines[at] ?? '') ?? [];
    if (fence === undefined) continue;
    const end = lines.findIndex((line, index) => index > at && line.trim() === fence);
    if (end < 0) throw new Error(`${page}:${at + 1}: the block is not closed`);
    const inside = lines.slice(at + 1, end).map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
    blocks.push({
      page,
      line: at + 2,
      language: info.trim().split(/\s/)[0]?.toLowerCase() ?? '',
      text: inside.join('\n'),
      notes: notesBefore(lines.slice(0, at).join('\n')),
    });
    at = end;
  }
  return blocks;
}

function notesBefore(text: string): Notes {
  const [comments = ''] = /(?:<!--(?:(?!-->)[\s\S])*-->\s*)*$/.exec(text) ?? [];
  const notes = [...comments.matchAll(/<!--\s*([a-z ]+):([\s\S]*?)-->/g)].flatMap(([, name = '', value = '']) =>
    name in NOTES ? [[NOTES[name as keyof typeof NOTES], value.trim()]] : [],
  );
  return Object.fromEntries(notes) as Notes;
}
