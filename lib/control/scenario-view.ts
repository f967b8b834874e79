/** A step of a scenario. */
export type ScenarioStepView = {
  /** What it does, in words: `amqp_close at=running code=320`. */
  readonly what: string;
  readonly proxy: string;
  /** In ms from the start of the round. */
  readonly after: number;
  /** In ms from the start of the round; null: until the scenario ends. */
  readonly until: number | null;
  readonly state: 'waiting' | 'active' | 'over';
};

/** A running scenario as the control API shows it. */
export type ScenarioView = {
  readonly id: string;
  /** As given when it was started; null: it has none. */
  readonly name: string | null;
  /** In ms; null: it has no lease. */
  readonly lease: number | null;
  /** Time until the lease ends, in ms; null: it has no lease. */
  readonly leaseLeftMs: number | null;
  /** Ids of its faults that exist now. */
  readonly faults: readonly string[];
  readonly elapsedMs: number;
  /** Time until its end, in ms; null: it runs until it is ended. */
  readonly leftMs: number | null;
  /** The current round, from 1. */
  readonly round: number;
  /** Number of rounds; null: without end. */
  readonly rounds: number | null;
  readonly steps: readonly ScenarioStepView[];
};

/** A scenario that comes with the program. */
export type ScenarioFile = {
  /** File name without the ending: `broker-restart-320`. */
  readonly name: string;
  /** The comment at its beginning, as one paragraph. */
  readonly description: string;
  /** The whole file, YAML. */
  readonly text: string;
};
