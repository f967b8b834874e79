import { parse } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RemoteScenario } from '../client/remote-scenario.js';
import { RabbitSnareError } from '../errors.js';
import { readScenarioText } from '../faults/read-scenario.js';
import { roundOf, type Scenario, type ScenarioInput } from '../faults/scenario.js';
import { parseDocument } from '../text/document.js';
import { oneLineJson } from '../text/one-line.js';
import { type ControlArguments, controlOf } from './control-options.js';
import { onlyProxy } from './only-proxy.js';
import { print } from './print.js';
import { type ProgressLine, progress } from './progress-line.js';
import { Assertions, readAssertion, readFlagDuration, verdictLines } from './scenario-assertions.js';
import { scenarioProgress } from './scenario-progress.js';
import { readScenarioSource } from './scenario-source.js';
import { untilInterrupted } from './until-interrupted.js';
import { UsageError } from './usage-error.js';

export type RunArguments = ControlArguments & {
  readonly scenario: string;
  readonly proxy: string | undefined;
  readonly for: string | undefined;
  readonly assert: string | readonly string[] | undefined;
};

/** How often progress is shown, in ms. */
const EVERY = 1000;
/** Node fires longer timers at once, in ms. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * `scenario run`: runs a scenario on a running instance until its end, and checks the assertions. The scenario ends with this command
 * at the latest. The exit code is 1 if an assertion does not hold.
 *
 * @throws ConfigError, UsageError, ControlError
 */
export async function runScenario({
  scenario: given,
  for: longest,
  assert,
  json,
  ...where
}: RunArguments): Promise<void> {
  const asserted = [assert ?? []].flat().map(readAssertion);
  const limit = longest === undefined ? Number.POSITIVE_INFINITY : readFlagDuration('--for', longest);
  const control = controlOf(where);
  const { text, file } = readScenarioSource(given);
  const proxy = where.proxy ?? (await onlyProxy(control));
  // The instance validates it again, but cannot report line and column.
  const scenario = readScenarioText(text, file, proxy === undefined ? {} : { proxy });
  if (asserted.length > 0 && longest === undefined && !hasEnd(scenario))
    throw new UsageError('--assert needs --for, because the scenario has no end', 'scenario run');
  const assertions = await Assertions.begin(asserted, control, proxiesOf(scenario));
  const input = parseDocument(text, file).value as ScenarioInput;
  const interrupted = untilInterrupted();
  const run = await RemoteScenario.begin(input, control, { proxy, name: parse(file).name });
  const { faults } = run.begun;
  print(json ? oneLineJson({ id: run.id, faults }) : `${run.id} has started: ${faults.join(', ') || 'no fault yet'}`);
  // The timers of a scenario do not keep the process alive.
  const alive = setInterval(() => void showProgress(run, progress), EVERY);
  await Promise.race([run.over, endOf(run, limit, interrupted), aborted(interrupted)]).finally(() => {
    clearInterval(alive);
    progress.clear();
  });
  await run.stop();
  if (!json) print(`${run.id} has ended`);
  if (asserted.length === 0) return;
  const verdicts = await Promise.race([assertions.check(), aborted(interrupted)]);
  if (verdicts === undefined || interrupted.aborted)
    throw new RabbitSnareError(
      'ERR_INTERRUPTED',
      'the assertions were not checked, because the scenario was interrupted',
    );
  if (json) print(oneLineJson({ id: run.id, assertions: verdicts }));
  else for (const line of verdicts.flatMap(verdictLines)) print(line);
  if (verdicts.some(({ holds }) => !holds)) process.exitCode = 1;
}

const hasEnd = ({ steps, repeat }: Scenario): boolean => roundOf(steps) !== null && repeat !== null;

const proxiesOf = ({ steps }: Scenario): ReadonlySet<string> =>
  new Set(steps.map((step) => ('fault' in step ? step.fault.proxy : step.proxy)));

/** Resolves at the end of a scenario, or after `limit` ms. `over` would be late: it notices the end when it renews the lease. */
async function endOf(run: RemoteScenario, limit: number, signal: AbortSignal): Promise<void> {
  const wait = Math.min(limit, run.begun.leftMs ?? Number.POSITIVE_INFINITY);
  if (wait > LONGEST_TIMER) return run.over;
  await sleep(wait, undefined, { signal }).catch(() => {});
}

async function showProgress(run: RemoteScenario, line: ProgressLine): Promise<void> {
  if (!line.isOn) return;
  // The scenario may be over. If the instance cannot be reached, `over` rejects in time.
  const view = await run.view().catch(() => undefined);
  if (view && !run.isOver) line.show(scenarioProgress(view));
}

const aborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    // The signal may have arrived while the scenario was being started.
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
