import { closeSync, openSync, readSync } from 'node:fs';
import { ConfigError } from '../errors.js';

/** 1 MiB: more than any real config needs, and a bound for a wrong path such as `/dev/zero`. */
export const LARGEST_FILE = 1_048_576;

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  ENOTDIR: 'no such file or directory',
  EISDIR: 'it is a directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
};

/** Reads a UTF-8 file or pipe, at most one byte more than `LARGEST_FILE`, so that the caller notices a larger file. */
export function readText(path: string): string {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(LARGEST_FILE + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = readSync(file, buffer, length, buffer.length - length, null);
    }
    return buffer.toString('utf8', 0, length);
  } finally {
    closeSync(file);
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
