import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Sink } from './sink.js';

const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK } = constants;
const NEW_FILE = 0o666;

/** Appends to a file or a FIFO. Node's thread pool writes, so a slow disk does not delay connections. */
export class FileSink implements Sink {
  private readonly path: string;
  private file: FileHandle | undefined;
  /** The size of a regular file after the last write. */
  private size: number | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * Opens the file, and creates it if necessary. `write` does so when needed.
   *
   * @throws an error with a `code`; ENXIO: nothing reads the FIFO
   */
  async open(): Promise<void> {
    this.file ??= await this.opened();
  }

  async write(octets: Uint8Array): Promise<number> {
    await this.open();
    const file = this.file as FileHandle;
    const { bytesWritten } = await file.write(octets);
    // A full disk takes a part of the octets.
    if (bytesWritten < octets.length) this.size = await sizeOf(file);
    return bytesWritten;
  }

  async reopen(torn: number): Promise<void> {
    const file = await this.opened();
    await this.close(torn);
    this.file = file;
  }

  async close(torn: number): Promise<void> {
    const { file, size } = this;
    this.file = undefined;
    if (file === undefined) return;
    try {
      const isUnchanged = torn > 0 && size !== undefined && (await sizeOf(file)) === size;
      if (isUnchanged) await file.truncate(size - torn);
    } finally {
      await file.close();
    }
  }

  /** Does not wait for a reader of a FIFO. */
  private opened(): Promise<FileHandle> {
    return open(this.path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, NEW_FILE);
  }
}

async function sizeOf(file: FileHandle): Promise<number | undefined> {
  const status = await file.stat();
  return status.isFile() ? status.size : undefined;
}
