import type { Evidence } from './evidence.js';
import type { Guess, Recognizer } from './recognizer.js';
import { CLOUD } from './recognizers/cloud.js';
import { HAPROXY } from './recognizers/haproxy.js';
import { MONITORING } from './recognizers/monitoring.js';
import { SCANNER } from './recognizers/scanner.js';
import { TCP } from './recognizers/tcp.js';
import { TOOLS } from './recognizers/tools.js';

export type { Guess } from './recognizer.js';

/** A guess as reports have it. */
export type NamedGuess = Omit<Guess, 'advice'>;

/** Tried in this order; the first match wins. What identifies a program comes before what several programs do. */
const ROWS: readonly { readonly recognizer: Recognizer; readonly guess: Guess }[] = [
  ...CLOUD,
  ...MONITORING,
  ...HAPROXY,
  ...SCANNER,
  ...TOOLS,
  ...TCP,
].map((recognizer) => {
  const { what, detail, confidence, advice } = recognizer;
  return { recognizer, guess: { what, detail, confidence, advice } };
});

const SIGNATURES: ReadonlySet<Guess> = new Set(
  ROWS.filter(({ recognizer }) => recognizer.isSignature).map(({ guess }) => guess),
);

/**
 * Guesses which program makes connections like this one; null if nothing known does. Equal connections get the same object.
 *
 * Several programs that look the same on the wire are one guess that names the usual ones.
 */
export function guess(evidence: Evidence): Guess | null {
  let text = '';
  for (const octet of evidence.header) text += String.fromCharCode(octet);
  for (const { recognizer, guess } of ROWS) if (recognizer.is(evidence, text)) return guess;
  return null;
}

/** Whether a guess, as `guess` returned it, is a known check's own signature: one such connection is a health check. */
export function isSignature(guess: Guess | null): boolean {
  return guess !== null && SIGNATURES.has(guess);
}
