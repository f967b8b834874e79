import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { ConfigError } from '../errors.js';

/** 1 MiB: more than any real config needs, and a bound for a wrong path such as `/dev/zero`. */
export const LARGEST_FILE = 1_048_576;

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  ENOTDIR: 'no such file or directory',
  EISDIR: 'it is a directory',
  ETIMEDOUT: 'nothing was written to the pipe within 2 s',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
};

/** How long a pipe may stay silent, in ms, and how often it is read meanwhile. */
const [SILENCE, PAUSE] = [2_000, 10] as const;

/**
 * Reads a UTF-8 file or pipe, at most one byte more than `LARGEST_FILE`, so that the caller notices a larger file.
 *
 * @throws an error with a `code`; ETIMEDOUT: nothing was written to the pipe in time
 */
export function readText(path: string): string {
  // Without this flag, a FIFO without a writer would block the process.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const isPipe = fstatSync(file).isFIFO();
    const buffer = Buffer.alloc(LARGEST_FILE + 1);
    let length = 0;
    while (length < buffer.length) {
      const read = isPipe
        ? readPipe(file, buffer, length)
        : readSync(file, buffer, length, buffer.length - length, null);
      if (read === 0) break;
      length += read;
    }
    return buffer.toString('utf8', 0, length);
  } finally {
    closeSync(file);
  }
}

/** Reads from a pipe, and waits for its writer. */
function readPipe(file: number, buffer: Buffer, length: number): number {
  for (let waited = 0; waited < SILENCE; waited += PAUSE) {
    const read = readNow(file, buffer, length);
    // Before the first octet, an end means that no writer has opened it yet.
    if (read !== null && (read > 0 || length > 0)) return read;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
  }
  throw Object.assign(new Error('ETIMEDOUT'), { code: 'ETIMEDOUT' });
}

/** Returns null if there is nothing to read now. */
function readNow(file: number, buffer: Buffer, length: number): number | null {
  try {
    return readSync(file, buffer, length, buffer.length - length, null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return null;
    throw error;
  }
}

/** Reads a config file. @throws ConfigError when it cannot be read or is too large */
export function readConfigText(path: string, readFile: (path: string) => string): string {
  const text = attempt(path, readFile);
  if (Buffer.byteLength(text) > LARGEST_FILE) throw new ConfigError(`${path} must not be larger than 1 MiB`);
  return text;
}

function attempt(path: string, readFile: (path: string) => string): string {
  try {
    return readFile(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new ConfigError(`cannot read ${path}: ${WORDS[code ?? ''] ?? code ?? message}`, { cause });
  }
}
