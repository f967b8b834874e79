import type { Writable } from 'node:stream';
import type { Sink } from './sink.js';

/** Writes to a stream such as standard output. The stream stays open. */
export class StreamSink implements Sink {
  private readonly stream: Writable;
  private failure: Error | null = null;

  constructor(stream: Writable) {
    this.stream = stream;
    // Without a listener, a reader that has left would end the process.
    stream.on('error', (error) => {
      this.failure = error;
    });
  }

  write(octets: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.stream.write(octets, (error) => {
        if (error) reject(this.failure ?? error);
        else resolve(octets.length);
      });
    });
  }

  async reopen(): Promise<void> {}

  async close(): Promise<void> {}
}
