import type { Writable } from 'node:stream';
import winston from 'winston';

/** A message of the logger: entries of the log, each without its final line end. */
export type Entries = { readonly level: string; readonly message: ''; readonly entries: string[] };

/** Where entries are written. */
export type EntryStream = Writable & {
  /** Writes an entry without its final line end, in less time than `write`. */
  readonly add?: (entry: string) => void;
};

/** Writes each entry of a message to a stream. */
export class LogTransport extends winston.transports.Stream {
  private readonly add: (entry: string) => void;

  constructor(stream: EntryStream) {
    super({ stream });
    this.add = stream.add?.bind(stream) ?? ((entry) => stream.write(`${entry}\n`));
  }

  override log({ entries }: Entries, next: () => void): void {
    for (const entry of entries) this.add(entry);
    next();
  }
}
