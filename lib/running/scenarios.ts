import type { Clock } from '../clock.js';
import { ConfigError } from '../errors.js';
import type { Faults } from '../faults/proxy-faults.js';
import type { Scenario } from '../faults/scenario.js';
import { type ScenarioEnd, ScenarioRun } from '../faults/scenario-run.js';

/** Maximum scenarios that run at the same time. */
const MOST = 100;

/** A scenario that runs. */
export type RunningScenario = {
  readonly id: string;
  /** As given when it was started; null: it has none. */
  readonly name: string | null;
  readonly run: ScenarioRun;
};

/** The start or the end of a scenario, as an event. */
export type ScenarioChanged = { readonly id: string; readonly name: string | null } & (
  | { readonly action: 'started' }
  | ({ readonly action: 'ended' } & ScenarioEnd)
);

/** The scenarios that are running. */
export class Scenarios {
  private readonly faults: Faults;
  private readonly clock: Clock;
  private readonly changed: (change: ScenarioChanged) => void;
  private readonly running = new Map<string, RunningScenario>();
  private count = 0;

  /** @param changed called when a scenario has started, and when one has ended and its faults are removed */
  constructor({
    faults,
    clock,
    changed = () => {},
  }: {
    readonly faults: Faults;
    readonly clock: Clock;
    readonly changed?: (change: ScenarioChanged) => void;
  }) {
    this.faults = faults;
    this.clock = clock;
    this.changed = changed;
  }

  /** In the order in which they were started. */
  get all(): readonly RunningScenario[] {
    return [...this.running.values()];
  }

  get(id: string): RunningScenario | undefined {
    return this.running.get(id);
  }

  /**
   * Starts a scenario. Its first faults are active when this returns.
   *
   * @throws ConfigError when the first faults cannot be added or too many scenarios are running
   */
  begin(scenario: Scenario, name: string | null = null): RunningScenario {
    if (this.running.size >= MOST) throw new ConfigError(`at most ${MOST} scenarios can run at the same time`);
    const { faults, clock } = this;
    this.count += 1;
    const id = `scenario-${this.count}`;
    const ended = (end: ScenarioEnd): void => {
      this.running.delete(id);
      this.changed({ id, name, action: 'ended', ...end });
    };
    const started = { id, name, run: new ScenarioRun(scenario, { faults, clock, ended, id }) };
    this.running.set(id, started);
    this.changed({ id, name, action: 'started' });
    return started;
  }

  /** Ends all of them. */
  stop(): void {
    for (const { run } of this.all) run.stop();
  }
}
