/** What a run counts besides messages. */
export class Tally {
  /** Messages that were confirmed to the publishers of a library, and deliveries to its consumers. */
  readonly confirmed = new Map<string, number>();
  readonly received = new Map<string, number>();
  /** Connections of the client libraries: opened, and ended by an error. */
  sessions = 0;
  failures = 0;
  /** Errors that a client library threw outside of any call. */
  libraryErrors = 0;
  /** Connections of health checks, silent and malformed clients. */
  rudeClients = 0;
  kills = 0;
  restarts = 0;
  rotations = 0;
  /** Config files that were written or removed, and SIGHUPs. */
  configChanges = 0;
  requests = 0;
  /** Requests that failed in a way that the run does not provoke. */
  readonly requestFailures: string[] = [];
  turns = 0;
  /** Fault types that have acted. */
  readonly acted = new Set<string>();
  /** Fault types that a scenario has added. */
  readonly inScenarios = new Set<string>();
  /** Connects that a fault has refused or left hanging, by type. */
  readonly connects = new Map<string, number>();
}

/** Adds one to a number in a map. */
export function countIn(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}
