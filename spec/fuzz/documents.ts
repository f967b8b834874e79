import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../conformance/random.js';
import type { Case } from './target.js';

type Document = { readonly kind: 'config' | 'scenario'; readonly text: string };

/** Values that are unusual for most keys. */
const VALUES = [
  'null',
  '~',
  '""',
  '0',
  '-1',
  '1.5',
  '1e308',
  '.inf',
  '.nan',
  '0x10',
  '0o17',
  '9007199254740993',
  '1e999',
  'true',
  'yes',
  'off',
  'on',
  '[]',
  '{}',
  '[[[]]]',
  '{a: 1}',
  '10s',
  '-10s',
  '1h',
  '25h',
  '0ms',
  '99999999999s',
  '3.10',
  '4.0',
  '1.0',
  '2026-11-28',
  '&a [*a]',
  '*missing',
  '!!binary aGk=',
  '!!set {a}',
  '!foo bar',
  '"\\u0000"',
  '"\\u202e"',
  '"\\x1b[31m"',
  "'é漢🐇'",
  '|\n  text',
  '>-\n  text',
  '127.0.0.1:0',
  '127.0.0.1:99999',
  '[::1]:5673',
  'localhost',
  ':5673',
  'stand-in',
  'auto',
  'constructor',
  '__proto__',
  'toString',
] as const;
const KEYS = [
  '__proto__',
  'constructor',
  'toString',
  'proxies',
  'faults',
  'name',
  'listen',
  'upstream',
  'mode',
  'type',
  'attributes',
  'when',
  'times',
  'toxicity',
  'stream',
  '""',
  '<<',
  '? [a]',
  'null',
  '1',
  'x'.repeat(300),
  '"\\u202e"',
  'steps',
  'lease',
  'repeat',
  'after',
  'until',
] as const;
const INSERTED = [
  '\t',
  '\0',
  '\ufeff',
  '---',
  '...',
  '%YAML 1.2',
  '- ',
  ': ',
  '? ',
  '&a ',
  '*a',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '#',
  '|',
  '>',
  '\u2028',
  '\ud800',
  '\r',
] as const;

let documents: readonly [Document, ...Document[]] | undefined;

/** The files of `config`, and the YAML examples of the docs. */
function valid(): readonly [Document, ...Document[]] {
  documents ??= [...filesIn('config'), ...filesIn('config/scenarios'), ...filesIn('docs'), ...filesIn('.')]
    .filter((path) => /(config\/.*\.ya?ml|\.md)$/.test(path) && !path.includes('compose'))
    .flatMap((path): Document[] => {
      const text = readFileSync(path, 'utf8');
      const texts = path.endsWith('.md')
        ? [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, block = '']) => block)
        : [text];
      return texts.map((each) => ({ kind: /^steps:/m.test(each) ? 'scenario' : 'config', text: each }));
    }) as [Document, ...Document[]];
  return documents;
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [join(folder, entry.name)] : []));

/** A config or scenario file; the parts are its lines. */
export function documentOf(random: Random): Case {
  const { kind, text } = random.pick(valid());
  if (random.chance(0.03)) return { setup: { kind }, parts: extreme(random) };
  const lines = text.split('\n');
  for (let count = random.between(0, 6); count > 0; count--) change(random, lines);
  return { setup: { kind }, parts: lines };
}

export const textOf = ({ parts }: Case): string => parts.join('\n');

function change(random: Random, lines: string[]): void {
  const at = random.between(0, Math.max(0, lines.length - 1));
  const line = lines[at] ?? '';
  random.pick<() => void>([
    () => lines.splice(at, random.between(1, 4)),
    () => lines.splice(at, 0, ...lines.slice(at, at + random.between(1, 4))),
    () => lines.splice(random.between(0, lines.length), 0, line),
    () => (lines[at] = line.replace(/(:\s*)[^#\n]*$/, (_, colon: string) => `${colon}${random.pick(VALUES)}`)),
    () =>
      (lines[at] = line.replace(
        /^(\s*(?:- )?(?:# )?)[\w-]+:/,
        (_, indent: string) => `${indent}${random.pick(KEYS)}:`,
      )),
    () => (lines[at] = `${' '.repeat(random.between(0, 8))}${line.trimStart()}`),
    // A comment becomes a key, a key a comment.
    () => (lines[at] = /^\s*# /.test(line) ? line.replace('# ', '') : line.replace(/^(\s*)/, '$1# ')),
    () => {
      const place = random.between(0, line.length);
      lines[at] = `${line.slice(0, place)}${random.pick(INSERTED)}${line.slice(place + random.between(0, 2))}`;
    },
    () => lines.splice(at, 0, `${/^\s*/.exec(line)?.[0] ?? ''}${random.pick(KEYS)}: ${random.pick(VALUES)}`),
  ])();
}

/** Files that are large or deep. */
function extreme(random: Random): string[] {
  const many = random.pick([100, 1_000]);
  return random.pick<() => string[]>([
    () => [`a: ${'['.repeat(many)}${']'.repeat(many)}`],
    () => [`${'{a: '.repeat(many)}1${'}'.repeat(many)}`],
    () => Array.from({ length: 200 }, (_, at) => `${' '.repeat(at)}k:`),
    () => ['proxies:', ...Array.from({ length: many }, (_, at) => `  - {name: p${at}, listen: "127.0.0.1:0"}`)],
    () => ['faults:', ...Array.from({ length: many }, () => '  - {type: latency, attributes: {latency: 1}}')],
    () => [
      'a: &a [x, x, x, x, x, x, x, x, x]',
      ...Array.from(
        { length: 9 },
        (_, at) => `${'bcdefghij'[at]}: &${'bcdefghij'[at]} [${Array(9).fill(`*${'abcdefghi'[at]}`).join(', ')}]`,
      ),
    ],
    () => Array.from({ length: many }, (_, at) => `key${at}: ${at}`),
    () => [`listen: "${'x'.repeat(100_000)}"`],
    () => ['\ufeffmode: observe'],
  ])();
}
