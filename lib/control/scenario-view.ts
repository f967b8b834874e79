import * as z from 'zod';
import { formatCompact } from '../faults/format-compact.js';
import { progressAt, type Scenario, type Step } from '../faults/scenario.js';
import type { HealthChecks } from '../health-check/health-checks.js';
import type { RunningScenario } from '../running/scenarios.js';

const stepSchema = z.strictObject({
  what: z
    .string()
    .meta({ description: 'What the step does: `amqp_close at=running code=541`. Defaults are left out.' }),
  proxy: z.string(),
  after: z.number().meta({ description: 'In ms from the start of the round.' }),
  until: z
    .number()
    .nullable()
    .meta({ description: 'In ms from the start of the round. Null: until the scenario ends.' }),
  state: z.enum(['waiting', 'active', 'over']).meta({ description: 'Its state in the current round.' }),
});

/** The schema of a running scenario. */
export const scenarioSchema = z
  .strictObject({
    id: z.string(),
    name: z.string().nullable().meta({ description: 'As given when it was started. Null: it has none.' }),
    lease: z.number().nullable().meta({ description: 'In ms. Null: the scenario has no lease.' }),
    leaseLeftMs: z.number().nullable().meta({ description: 'Time until the lease ends, in ms. Null: it has none.' }),
    faults: z.array(z.string()).meta({ description: 'Ids of its faults that exist now.' }),
    elapsedMs: z.number().meta({ description: 'Time since its start, in ms.' }),
    leftMs: z.number().nullable().meta({ description: 'Time until its end, in ms. Null: it runs until it is ended.' }),
    round: z.int().meta({ description: 'The current round, from 1.' }),
    rounds: z.int().nullable().meta({ description: 'Number of rounds. Null: without end.' }),
    steps: z.array(stepSchema),
  })
  .meta({ id: 'Scenario' });

/** A running scenario as the control API shows it. */
export type ScenarioView = z.output<typeof scenarioSchema>;

/** A step of a scenario. */
export type ScenarioStepView = z.output<typeof stepSchema>;

/** The schema of a scenario that comes with the program. */
export const scenarioFileSchema = z
  .strictObject({
    name: z.string().meta({ description: 'File name without its ending.' }),
    description: z.string().meta({ description: 'The comment at its beginning, as one paragraph.' }),
    text: z.string().meta({ description: 'The whole file, YAML.' }),
  })
  .meta({ id: 'ScenarioFile' });

/** A scenario that comes with the program. */
export type ScenarioFile = z.output<typeof scenarioFileSchema>;

/** Returns a running scenario as the control API shows it. */
export function scenarioView({ id, name, run }: RunningScenario): ScenarioView {
  const { scenario, elapsed, leaseLeft, lease, faults } = run;
  const { round, rounds, left, steps } = progressAt(scenario, elapsed);
  return {
    id,
    name,
    lease,
    leaseLeftMs: leaseLeft === null ? null : Math.round(leaseLeft),
    faults: faults.map((live) => live.id),
    elapsedMs: Math.round(elapsed),
    leftMs: left === null ? null : Math.round(left),
    round,
    rounds,
    steps: fixedParts(scenario).map((fixed, nth) => ({ ...fixed, state: steps[nth] ?? 'over' })),
  };
}

/** What does not change while a scenario runs. The list of scenarios is asked for again and again. */
const known = new WeakMap<Scenario, readonly Omit<ScenarioStepView, 'state'>[]>();

function fixedParts(scenario: Scenario): readonly Omit<ScenarioStepView, 'state'>[] {
  const parts = known.get(scenario) ?? scenario.steps.map(fixedPart);
  known.set(scenario, parts);
  return parts;
}

function fixedPart(step: Step): Omit<ScenarioStepView, 'state'> {
  const { after, until } = step;
  return 'fault' in step
    ? { what: formatCompact(step.fault), proxy: step.fault.proxy, after, until }
    : { what: `healthChecks: ${inWords(step.healthChecks)}`, proxy: step.proxy, after, until };
}

function inWords(healthChecks: HealthChecks): string {
  if (typeof healthChecks === 'string') return healthChecks;
  return healthChecks.map(({ answer, sources }) => `${answer} for ${sources.join(', ')}`).join('; ');
}
