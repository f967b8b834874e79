import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Block } from './block.js';

/** The TypeScript and JavaScript blocks of all pages, checked and compiled by one run of the compiler. */
export interface Compiled extends Disposable {
  /** The compiler's messages, with the lines of the pages. */
  readonly errors: readonly string[];
  /** The shell command that runs a compiled block. */
  commandOf(block: Block): string;
}

export const isScript = ({ language }: Block): boolean => /^(ts|typescript|mts|js|javascript|mjs)$/.test(language);

/** Whether a block imports a package that `npm ci` does not install: it cannot be checked. */
export const needsMore = ({ text }: Block): boolean =>
  [...text.matchAll(/from '((?:@[^/']+\/)?[^/']+)/g)].some(
    ([, name = '']) => !/^(node:|\.|rabbit-snare$)/.test(name) && !existsSync(join('node_modules', name)),
  );

const nameOf = ({ page, line }: Block) => `${page.replaceAll('/', '+')}+${line}`;

export async function compile(blocks: readonly Block[]): Promise<Compiled> {
  // A package of its own, which has this one among its dependencies, and those of the checkout.
  const folder = mkdtempSync(resolve('dist/snippets-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(resolve('.'), join(folder, 'node_modules/rabbit-snare'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  // A file and not a key of package.json, which would be in conflict with the file in the root.
  writeFileSync(join(folder, 'ava.config.js'), "export default { files: ['out/*.mjs'] };\n");
  for (const block of blocks) {
    const extension = block.language.startsWith('t') || block.language === 'mts' ? 'mts' : 'mjs';
    // The first line is free for what the block assumes: a block does not begin before line 2. With the `export` it is a module.
    const assumed = `export {}; ${block.notes.assume?.replaceAll('\n', ' ') ?? ''}`;
    writeFileSync(
      join(folder, `${nameOf(block)}.${extension}`),
      `${assumed}${'\n'.repeat(block.line - 1)}${block.text}\n`,
    );
  }
  const compilerOptions = {
    composite: false,
    declaration: false,
    declarationMap: false,
    sourceMap: false,
    allowJs: true,
    noUnusedLocals: false,
    rootDir: '.',
    outDir: 'out',
    tsBuildInfoFile: null,
  };
  const config = { extends: resolve('tsconfig.json'), compilerOptions, include: ['*.mts', '*.mjs'], exclude: ['out'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const output = await promisify(execFile)('node_modules/.bin/tsc', ['--pretty', 'false', '-p', folder]).then(
    () => '',
    (error: { readonly stdout?: string; readonly message: string }) => error.stdout || error.message,
  );
  return {
    errors: output
      .split('\n')
      .filter((line) => line !== '')
      .map((line) =>
        line.replace(
          /^\S*?([^/]+)\+\d+\.m[tj]s\((\d+),(\d+)\)/,
          (_, name: string, at: string) => `${name.replaceAll('+', '/')}:${at}`,
        ),
      ),
    commandOf: (block) => {
      const file = `out/${nameOf(block)}.mjs`;
      const program = /from 'ava'/.test(block.text)
        ? `node '${resolve('node_modules/ava/entrypoints/cli.mjs')}'`
        : 'node';
      return `(cd '${folder}' && ${program} '${file}')`;
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
