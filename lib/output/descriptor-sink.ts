import { write } from 'node:fs';
import { promisify } from 'node:util';
import type { Sink } from './sink.js';

const writeTo = promisify(write);

/**
 * Writes to an open file by its descriptor, at the position that it shares with the program that opened it. Node's
 * thread pool writes, so a slow disk does not delay connections.
 */
export class DescriptorSink implements Sink {
  private readonly descriptor: number;

  constructor(descriptor: number) {
    this.descriptor = descriptor;
  }

  async write(octets: Uint8Array): Promise<number> {
    const { bytesWritten } = await writeTo(this.descriptor, octets);
    return bytesWritten;
  }

  async reopen(): Promise<void> {}

  async close(): Promise<void> {}
}
