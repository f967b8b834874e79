import { explainEntry } from '../explain/explain-entry.js';
import type { Explanation } from '../explain/explanation.js';
import type { LogEntry } from '../explain/log-entry.js';
import { type Ends, endsIn } from './client-in.js';
import { ownCopy } from './own-copy.js';

/** How many are remembered, and how many characters of a reason distinguish them. */
const [MOST, LONGEST] = [10_000, 300] as const;

/** What entries with the same text have in common, apart from the connection and the numbers in their first line. */
export type Kind = Pick<Explanation, 'name' | 'reason' | 'worry'> & {
  /** What the client looks like; empty if the entry does not show it. */
  readonly peer: string;
};

/** An entry that is about a connection. `client` is null if it does not name one. */
export type Known = { readonly kind: Kind; readonly client: string | null };

/** Explains entries, and remembers the explanations: a log repeats a few texts with other addresses and processes. */
export class KnownExplanations {
  private readonly kinds = new Map<string, Kind | null>();

  /** @returns null for an entry that is not about a connection */
  of(entry: LogEntry): Known | null {
    const ends = endsIn(entry.text);
    const key = ends ? keyOf(entry.text, ends) : withoutNumbers(entry.text.slice(0, LONGEST));
    const kind = this.kinds.get(key);
    if (kind !== undefined) return kind && { kind, client: ends?.client ?? null };
    const explained = explainEntry(entry);
    const fresh = explained && kindOf(explained);
    // The client of an entry without a connection is found by its explanation.
    if (ends || !explained?.client) {
      if (this.kinds.size >= MOST) this.kinds.clear();
      this.kinds.set(ownCopy(key), fresh);
    }
    return fresh && { kind: fresh, client: ends?.client ?? explained?.client ?? null };
  }
}

const kindOf = ({ name, reason, worry, looksLike }: Explanation): Kind => ({
  name,
  reason,
  worry,
  peer: looksLike?.what ?? '',
});

/** Numbers in the first line are processes and durations; after it they are octets, which matter. */
function keyOf(text: string, { from, to }: Ends): string {
  const line = text.indexOf('\n', to);
  const end = line < 0 ? text.indexOf('): ', to) : line;
  const [name, reason] = end < 0 ? [text.slice(to), ''] : [text.slice(to, end), text.slice(end, end + LONGEST)];
  return `${withoutNumbers(text.slice(0, from))}${withoutNumbers(name.slice(0, LONGEST))}${reason}`;
}

const withoutNumbers = (text: string): string => text.replace(/\d+/g, '0');
