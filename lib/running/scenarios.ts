import type { Clock } from '../clock.js';
import { ConfigError } from '../errors.js';
import type { Faults } from '../faults/proxy-faults.js';
import type { Scenario } from '../faults/scenario.js';
import { ScenarioRun } from '../faults/scenario-run.js';

/** Maximum scenarios that run at the same time. */
const MOST = 100;

/** The scenarios that are running. */
export class Scenarios {
  private readonly faults: Faults;
  private readonly clock: Clock;
  private readonly failed: (problem: string) => void;
  private readonly runs = new Map<string, ScenarioRun>();
  private count = 0;

  /** @param failed called with the reason when a scenario ends early */
  constructor(faults: Faults, clock: Clock, failed: (problem: string) => void) {
    this.faults = faults;
    this.clock = clock;
    this.failed = failed;
  }

  /** Running scenarios by id. */
  get all(): ReadonlyMap<string, ScenarioRun> {
    for (const [id, run] of this.runs) if (run.isOver) this.runs.delete(id);
    return this.runs;
  }

  /**
   * Starts a scenario. Its first faults are active when this returns.
   *
   * @returns its id
   * @throws ConfigError when the first faults cannot be added or too many scenarios are running
   */
  begin(scenario: Scenario): string {
    if (this.all.size >= MOST) throw new ConfigError(`at most ${MOST} scenarios can run at the same time`);
    this.count += 1;
    const id = `scenario-${this.count}`;
    const { faults, clock } = this;
    const failed = (problem: string): void => this.failed(`${id} has ended: ${problem}`);
    this.runs.set(id, new ScenarioRun(scenario, { faults, clock, failed, id }));
    return id;
  }

  /** Ends all of them. */
  stop(): void {
    for (const run of this.runs.values()) run.stop();
    this.runs.clear();
  }
}
