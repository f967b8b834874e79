import type { ProbeCase } from './cases.js';
import { fitsFrame, fitsHeader, frameOutcome } from './fits.js';
import { GENERATIONS, type Generation } from './generation.js';
import type { FrameCase } from './identifying-cases.js';
import type { ProbeResult } from './play.js';

/** The results of the cases of `--identify`, by the name of the case. */
export class Observations {
  private readonly results: ReadonlyMap<string, ProbeResult>;

  constructor(results: readonly ProbeResult[]) {
    this.results = new Map(results.map((result) => [result.case, result]));
  }

  get all(): readonly ProbeResult[] {
    return [...this.results.values()];
  }

  /** @throws RangeError when the case was not played */
  result(name: string): ProbeResult {
    const found = this.results.get(name);
    if (!found) throw new RangeError(`the case ${name} was not played`);
    return found;
  }

  /** The received octets. @throws RangeError when the case was not played */
  octets(name: string): Buffer {
    return Buffer.from(this.result(name).received, 'hex');
  }

  frameOutcome({ name }: FrameCase): ReturnType<typeof frameOutcome> {
    return frameOutcome(this.result(name), this.result('silence'));
  }

  /** Whether the result of a case is the one of a generation. */
  fits(probeCase: ProbeCase | FrameCase, generation: Generation): boolean {
    return 'announces' in probeCase
      ? fitsFrame(probeCase.announces, this.frameOutcome(probeCase), generation)
      : fitsHeader(probeCase, this.result(probeCase.name), generation);
  }

  /** The generations whose result a case has. */
  fitting(probeCase: ProbeCase | FrameCase): readonly Generation[] {
    return GENERATIONS.filter((generation) => this.fits(probeCase, generation));
  }
}
