import { once } from 'node:events';
import { closeSync, createReadStream, openSync, type ReadStream, readSync, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { ConfigError } from '../errors.js';
import { quote } from '../text/quote.js';

/** What the operating system's errors mean. */
const MEANINGS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
};

/** The first bytes of files that cannot be read as they are. */
const OTHERS: readonly (readonly [string, string])[] = [
  ['28b52ffd', 'compressed with zstd'],
  ['fd377a585a00', 'compressed with xz'],
  ['425a68', 'compressed with bzip2'],
  ['504b0304', 'a ZIP archive'],
];
const GZIP = '1f8b';
/** The byte order mark of UTF-16: the text files of PowerShell. */
const UTF_16 = 'fffe';

/** How a log was read. `isCut`: its gzip data ends too early; what came before has been read. */
export type LogRead = { readonly isCut: boolean };

/**
 * Reads a log from a file, or from standard input for `-`. Data in gzip format is decompressed, and UTF-16 is decoded, whatever the
 * name is.
 *
 * @param take called for each chunk
 * @param progress called with the bytes of the file that were read so far
 * @throws ConfigError if the file does not exist or cannot be read
 */
export async function readLog(
  path: string,
  take: (chunk: Uint8Array) => void,
  progress: (bytes: number) => void,
): Promise<LogRead> {
  const source: Readable = path === '-' ? process.stdin : createReadStream(path);
  const name = path === '-' ? 'standard input' : quote(path);
  try {
    const first = await firstBytes(source);
    const other = OTHERS.find(([magic]) => first.startsWith(magic));
    if (other) throw new ConfigError(`${name} is ${other[1]}: decompress it, and pipe it into rabbit-snare explain -`);
    if (first.startsWith(GZIP)) return await gunzip(source, withProgress(source, take, progress), name);
    if (first.startsWith(UTF_16)) await drain(source, fromUtf16(take));
    else if (path !== '-' && isPlainFile(path)) await readPlain(path, take, progress);
    else await drain(source, withProgress(source, take, progress));
    return { isCut: false };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof ConfigError || code === undefined) throw error;
    throw new ConfigError(`cannot read ${name}: ${MEANINGS[code] ?? (error as Error).message} (${code})`, {
      cause: error,
    });
  } finally {
    source.destroy();
  }
}

const isPlainFile = (path: string): boolean => statSync(path).isFile();

/** How much is read at a time, in bytes, and how often before other work of the event loop, such as signals, goes on. */
const [CHUNK, READS] = [65_536, 64] as const;

/** Reads a file of a disk. A stream would take a third longer. */
async function readPlain(
  path: string,
  take: (chunk: Uint8Array) => void,
  progress: (bytes: number) => void,
): Promise<void> {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.allocUnsafe(CHUNK);
    let total = 0;
    for (let reads = 1; ; reads++) {
      const length = readSync(file, chunk);
      if (length === 0) return;
      take(chunk.subarray(0, length));
      total += length;
      if (reads % READS === 0) {
        progress(total);
        await setImmediate();
      }
    }
  } finally {
    closeSync(file);
  }
}

/** The first bytes in hex. They stay in the stream. */
async function firstBytes(source: Readable): Promise<string> {
  if (source.readableLength === 0 && !source.readableEnded) await once(source, 'readable');
  const chunk = source.read() as Buffer | null;
  if (chunk === null) return '';
  source.unshift(chunk);
  return chunk.toString('hex', 0, 8);
}

/** Without an iterator: it would lose what was decompressed just before an error. */
async function drain(stream: Readable, take: (chunk: Uint8Array) => void): Promise<void> {
  stream.on('data', take);
  await once(stream, 'end');
}

async function gunzip(source: Readable, take: (chunk: Uint8Array) => void, name: string): Promise<LogRead> {
  const unzipped = createGunzip({ chunkSize: 65_536 });
  source.on('error', (error) => unzipped.destroy(error)).pipe(unzipped);
  try {
    await drain(unzipped, take);
    return { isCut: false };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') return { isCut: true };
    if (!code?.startsWith('Z_')) throw error;
    throw new ConfigError(`cannot decompress ${name}: ${(error as Error).message}`, { cause: error });
  }
}

function withProgress(source: Readable, take: (chunk: Uint8Array) => void, progress: (bytes: number) => void) {
  return (chunk: Uint8Array): void => {
    take(chunk);
    progress((source as Partial<ReadStream>).bytesRead ?? 0);
  };
}

function fromUtf16(take: (chunk: Uint8Array) => void): (chunk: Uint8Array) => void {
  const decoder = new TextDecoder('utf-16le');
  return (chunk) => take(Buffer.from(decoder.decode(chunk, { stream: true })));
}
