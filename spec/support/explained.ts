import type { ReasonName } from '../../lib/amqp/reason.js';
import { explainEntry } from '../../lib/explain/explain-entry.js';
import type { Explanation } from '../../lib/explain/explanation.js';

/** Explains the entries of a connection. */
export const explanations = (texts: readonly string[]): readonly (Explanation | null)[] =>
  texts.map((text) => explainEntry({ at: null, level: null, text }));

/** The entries about a connection that have no explanation, or only that they are about one. */
export const unexplained = (texts: readonly string[]): readonly string[] =>
  texts.filter((text) => {
    const explanation = explainEntry({ at: null, level: null, text });
    return explanation === null || explanation.name === 'unknown_connection_entry';
  });

/**
 * Why a connection ended, by its entries. After an error that the broker reported, its closing entry is the same as after a
 * clean end. After a lost frame boundary, it is the reason.
 *
 * @returns null if no entry names a reason
 */
export function reasonIn(texts: readonly string[]): ReasonName | null {
  const named = explanations(texts).filter((each) => each !== null && each.reason !== null);
  return (named.find((each) => each?.name !== 'closed_cleanly') ?? named[0])?.reason ?? null;
}
