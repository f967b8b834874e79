import type { Flag } from '../../config/flags.js';

/** The first sentence of a description, without its last mark and without the syntax of the value. */
export function summaryOf({ description, describe }: Pick<Flag, 'description' | 'describe'>): string {
  const text = description || describe || '';
  const [sentence = ''] = text.replace(/ \([^()]*\)$/, '').split(/(?<=[.;]) /);
  return sentence.replace(/[.;]$/, '');
}
