import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';

/** The content types of the files of a page. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};
const INDEX = 'index.html';

/** A file of a page in memory. `version` changes with its content. */
export type PageFile = { readonly content: Uint8Array<ArrayBuffer>; readonly type: string; readonly version: string };

/** A web page: its HTML, and the files that it loads by name. */
export type Page = { readonly index: PageFile; readonly files: ReadonlyMap<string, PageFile> };

/**
 * Reads a page from a folder. The names of the files in its HTML get their versions: `main.js?v=1f0c2a9e`.
 *
 * @returns null if the folder has no page
 */
export async function readPage(folder: URL): Promise<Page | null> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const read = async (name: string): Promise<[string, PageFile]> => [
    name,
    fileOf(await readFile(new URL(name, folder)), TYPES[extname(name)] as string),
  ];
  const files = new Map(await Promise.all(names.filter((name) => extname(name) in TYPES).map(read)));
  const index = files.get(INDEX);
  if (index === undefined) return null;
  files.delete(INDEX);
  return { index: withVersions(index, files), files };
}

function withVersions({ content, type }: PageFile, files: Page['files']): PageFile {
  let html = Buffer.from(content).toString();
  for (const [name, { version }] of files) html = html.replaceAll(`/${name}"`, `/${name}?v=${version}"`);
  return fileOf(Buffer.from(html), type);
}

const fileOf = (content: Uint8Array<ArrayBuffer>, type: string): PageFile => ({
  content,
  type,
  version: createHash('sha256').update(content).digest('hex').slice(0, 16),
});
