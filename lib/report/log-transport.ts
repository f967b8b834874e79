import type { Writable } from 'node:stream';
import winston from 'winston';

/** A message of the logger: entries of the log, each without its final line end. */
export type Entries = { readonly level: string; readonly message: ''; readonly entries: string[] };

/** Writes each entry of a message to a stream. */
export class LogTransport extends winston.transports.Stream {
  private readonly to: Writable;

  constructor(stream: Writable) {
    super({ stream });
    this.to = stream;
  }

  override log({ entries }: Entries, next: () => void): void {
    for (const entry of entries) this.to.write(`${entry}\n`);
    next();
  }
}
