import { type Evidence, evidenceOf } from './evidence.js';
import { FRAME_CASES, HEADER_CASES } from './identifying-cases.js';
import { type Judgement, judge } from './judgement.js';
import { Observations } from './observations.js';
import type { ProbeResult } from './play.js';

/** What a server is, judged by how it refuses clients. */
export interface Identity extends Judgement {
  /** How it closes refused connections; null if it closed none. */
  readonly close: 'rst' | 'fin' | 'mixed' | null;
  readonly evidence: readonly Evidence[];
}

/**
 * Returns the identity that follows from the results.
 *
 * @param results of all HEADER_CASES and FRAME_CASES, each watched for longer than 3 s
 * @throws RangeError when a case was not played
 */
export function identityOf(results: readonly ProbeResult[]): Identity {
  const seen = new Observations(results);
  const evidence = [...HEADER_CASES, ...FRAME_CASES].map((each) => evidenceOf(each, seen));
  return { ...judge(seen), close: closeOf(seen), evidence };
}

function closeOf(seen: Observations): Identity['close'] {
  const closes = new Set(seen.all.map(({ end }) => end).filter((end) => end !== 'open'));
  const [first] = closes;
  return closes.size > 1 ? 'mixed' : (first ?? null);
}
