import type { FrameFilter, FrameHead } from './fault-actions.js';

type Filter = { readonly judge: FrameFilter; readonly kept: Map<number, Uint8Array[]> };

/** The filters of a direction, in the order in which they were added, and the frames they keep. */
export class FrameFilters {
  private readonly filters: Filter[] = [];
  private kept = 0;

  get isEmpty(): boolean {
    return this.filters.length === 0;
  }

  /** How many octets are kept. */
  get keptOctets(): number {
    return this.kept;
  }

  add(judge: FrameFilter): Filter {
    const filter: Filter = { judge, kept: new Map() };
    this.filters.push(filter);
    return filter;
  }

  /** Removes a filter. @returns the channels of which it keeps frames */
  remove(filter: Filter): readonly number[] {
    const at = this.filters.indexOf(filter);
    if (at >= 0) this.filters.splice(at, 1);
    return [...filter.kept.keys()];
  }

  /** The fate of a frame, decided by the first filter that does not pass it. */
  judge(frame: FrameHead): ReturnType<FrameFilter> {
    for (const { judge, kept } of this.filters) {
      const fate = judge(frame);
      if (fate === 'keep' && !kept.has(frame.channel)) kept.set(frame.channel, []);
      if (fate !== 'pass') return fate;
    }
    return 'pass';
  }

  /** Keeps a copy of octets of a frame. @returns false if its channel has been released meanwhile */
  keep(channel: number, octets: Uint8Array): boolean {
    const chunks = this.filters.find(({ kept }) => kept.has(channel))?.kept.get(channel);
    chunks?.push(new Uint8Array(octets));
    if (chunks !== undefined) this.kept += octets.length;
    return chunks !== undefined;
  }

  /** Removes and returns what a filter keeps of some channels. */
  take({ kept }: Filter, channels: readonly number[]): readonly Uint8Array[] {
    const chunks = channels.flatMap((channel) => kept.get(channel) ?? []);
    for (const channel of channels) kept.delete(channel);
    this.kept -= chunks.reduce((sum, { length }) => sum + length, 0);
    return chunks;
  }
}
