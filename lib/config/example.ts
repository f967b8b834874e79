import type { KeyNotes } from './key.js';
import { layout } from './layout.js';
import { effectiveSchema } from './schema.js';

const HEAD = [
  '# yaml-language-server: $schema=rabbit-snare.schema.json',
  '#',
  '# Every key at its default, generated from lib/config (npm run generate). Every key is optional. Without `proxies`,',
  '# the keys of a proxy are at the top level. With `proxies`, keys at the top level are defaults for all proxies.',
];

/** Maximum length of a line of a description. */
const WIDTH = 110;

/** Column of the value syntax. */
const COLUMN = 34;

/** The text of config/rabbit-snare.yaml: every key at its default, preceded by its description. */
export function exampleFile(): string {
  const defaults = effectiveSchema.parse({ proxies: [{}] });
  const lines = layout(defaults).flatMap(({ text, key }) => {
    const indent = ' '.repeat(text.search(/\S/));
    const gap = indent === '' ? [''] : [];
    if (key === null) return [...gap, text];
    const comment = wrap(describe(key.notes), WIDTH).map((line) => `${indent}# ${line}`);
    return [...gap, ...comment, `${text.padEnd(COLUMN)} # ${key.syntax}`];
  });
  return `${[...HEAD, ...lines].join('\n')}\n`;
}

function describe({ description, source }: KeyNotes): string {
  return source === undefined ? description : `${description} (${source})`;
}

function wrap(sentence: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of sentence.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
