import type { ProbeCase } from './cases.js';
import { describeOctets } from './describe-octets.js';
import { GENERATIONS, nameOf } from './generation.js';
import type { FrameCase } from './identifying-cases.js';
import type { Observations } from './observations.js';
import type { ProbeResult } from './play.js';

/** The result of a case, and a sentence that says which generations of RabbitMQ give the same one. */
export interface Evidence extends ProbeResult {
  readonly sentence: string;
}

/** Returns the evidence of a case. @throws RangeError when the case was not played */
export function evidenceOf(probeCase: ProbeCase | FrameCase, seen: Observations): Evidence {
  const result = seen.result(probeCase.name);
  const octets = seen.octets(probeCase.name);
  const ended = result.end === 'open' ? 'left open' : `${result.end} after ${result.ms.toFixed(1)} ms`;
  const got = octets.length === 0 ? ended : `${describeOctets(octets)}, ${ended}`;
  return { ...result, sentence: `${probeCase.name} (${probeCase.what}): ${got}; ${likeness(probeCase, seen)}.` };
}

function likeness(probeCase: ProbeCase | FrameCase, seen: Observations): string {
  const fitting = seen.fitting(probeCase);
  if (fitting.length === 0) return 'unlike any RabbitMQ';
  return fitting.length === GENERATIONS.length ? 'like every RabbitMQ' : `like ${nameOf(fitting)}`;
}
