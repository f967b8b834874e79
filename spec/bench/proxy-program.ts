import type { Command } from './running.js';

/** The faults that are measured, each against the same proxy without it. */
export type FaultName = 'unmatched-stream' | 'unmatched-handshake' | 'latency' | 'bandwidth';

/** Where a proxy runs, and what it does. */
export interface Place {
  readonly port: number;
  readonly upstream: number;
  /** A port for its control API. */
  readonly control: number;
  /** For its files; it has the directory to itself. */
  readonly directory: string;
  readonly fault: FaultName | null;
}

/** A proxy that can be measured. */
export interface ProxyProgram {
  readonly name: string;
  readonly version: string;
  /** Whether it looks at the protocol header, and refuses connections itself. Otherwise it only forwards. */
  readonly refuses: boolean;
  readonly faults: readonly FaultName[];
  command(place: Place): Command;
  /** Called when it listens. */
  prepare?(place: Place): Promise<void>;
  /** How many connections it has refused to stay within its limits. */
  refusedAsLimit?(place: Place): Promise<number>;
}
