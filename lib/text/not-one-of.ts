import { didYouMean } from './nearest.js';
import { quote } from './quote.js';

/** Returns `must be one of rst, fin, not "rts" (did you mean "rst"?)`: the message about a value that is none of a few words. */
export function notOneOf(words: readonly string[], given: unknown): string {
  const hint = typeof given === 'string' ? didYouMean(given, words) : '';
  return `must be one of ${words.join(', ')}, not ${quote(given)}${hint}`;
}
