import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';

type Fence = { readonly group: readonly string[]; readonly message: string };
type Override = {
  readonly includes: readonly string[];
  readonly linter: {
    readonly rules: {
      readonly style?: {
        readonly noRestrictedImports?: {
          readonly level: string;
          readonly options: { readonly patterns: readonly Fence[] };
        };
      };
    };
  };
};

const folders = readdirSync('lib', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const { overrides } = JSON.parse(readFileSync('biome.json', 'utf8')) as { readonly overrides: readonly Override[] };

/** The fence of a folder in lib: the import patterns that the linter rejects in its files. */
function fenceOf(folder: string): readonly Fence[] {
  const override = overrides.find(({ includes }) => includes.length === 1 && includes[0] === `lib/${folder}/**`);
  const rule = override?.linter.rules.style?.noRestrictedImports;
  return rule?.level === 'error' ? rule.options.patterns : [];
}

/** The folders in lib that a folder may not import, from a pattern like `{proxy,cli}` between two `**`. */
function forbidden(folder: string): string[] {
  return fenceOf(folder)
    .flatMap(({ group }) => group)
    .flatMap((pattern) => /^\*\*\/\{?([\w,-]+)\}?\/\*\*$/.exec(pattern)?.[1]?.split(',') ?? []);
}

/** The folders that the linter's message permits, from "lib/x may import text, amqp and the files in lib." */
function permitted(folder: string): string[] {
  const [, names = ''] =
    /may import (.*?) ?\b(?:and|only) the files in lib\.$/.exec(fenceOf(folder)[0]?.message ?? '') ?? [];
  return names.split(', ').filter((name) => name !== '');
}

for (const folder of folders) {
  test(`the linter forbids or permits every other folder in lib/${folder}`, (t) => {
    const others = folders.filter((name) => name !== folder).sort();
    t.deepEqual([...forbidden(folder), ...permitted(folder)].sort(), others);
  });
}

test('no two folders may import each other', (t) => {
  const edges = folders.flatMap((from) => permitted(from).map((to) => `${from} ${to}`));
  const both = edges.filter((edge) => edges.includes(edge.split(' ').reverse().join(' ')));
  t.deepEqual(both, []);
});
