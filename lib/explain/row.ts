import type { LooksLike } from '../amqp/looks-like.js';
import type { ReasonName } from '../amqp/reason.js';
import type { Subject } from './subject.js';

/** What a row can name in its words. */
export type Match = {
  readonly subject: Subject;
  /** The named groups of the row's pattern. */
  readonly groups: { readonly [name: string]: string | undefined };
  readonly looksLike: LooksLike | null;
  /** The first octets of the client that the entry shows. */
  readonly octets: Uint8Array | null;
  /** The text that the pattern was matched against. */
  readonly text: string;
};

/**
 * Plain words. `{at}` is ` at 10.0.0.7:50122`, or nothing if the entry does not name the client; `{user}` and other names
 * are groups of the pattern or fields of the subject.
 */
export type Words = string | ((match: Match) => string);

/** A row of the table of explanations. */
export type Row = {
  /** A value of the API, and the anchor in the docs. */
  readonly name: string;
  readonly reason: ReasonName | null | ((match: Match) => ReasonName | null);
  /** Entries as RabbitMQ writes them. The first one is in the docs. Every one is explained by this row. */
  readonly examples: readonly [string, ...string[]];
  /** Matched against the reason in an entry, or against the whole entry: see `Family`. */
  readonly pattern: RegExp;
  /** A condition in addition to the pattern. */
  readonly when?: (match: Match) => boolean;
  readonly what: Words;
  readonly cause: Words;
  readonly worry: 'no' | 'maybe' | 'yes';
  readonly fix: Words;
};

/** Rows that belong together: a section of the docs. */
export type Family = {
  readonly title: string;
  readonly intro: string;
  /**
   * What the patterns are matched against: `reason` is the text after the connection in an AMQP reader's entry, without
   * line breaks; `entry` is the whole entry.
   */
  readonly of: 'reason' | 'entry';
  /** The beginnings of such entries. No other entry is matched against the rows. */
  readonly begins?: RegExp;
  readonly rows: readonly Row[];
};
