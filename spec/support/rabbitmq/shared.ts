import type { Broker } from './broker.js';
import type { Command } from './command.js';
import type { Installation } from './installation.js';

/** What another process needs to use a broker: plain data. */
export interface Shared {
  readonly port: number;
  readonly version: string;
  readonly logPath: string;
  readonly ctl: Command;
  /** The installation, so that it is not searched for twice. */
  readonly installation: Installation;
}

const variable = 'RABBIT_SNARE_TEST_BROKER';

/** Shares the broker with this process and all child processes that it starts from now on. */
export function share({ port, version, logPath, ctl }: Broker, installation: Installation): void {
  process.env[variable] = JSON.stringify({ port, version, logPath, ctl, installation } satisfies Shared);
}

/** Returns the shared broker; undefined if there is none. */
export function shared(): Shared | undefined {
  const value = process.env[variable];
  return value ? (JSON.parse(value) as Shared) : undefined;
}
