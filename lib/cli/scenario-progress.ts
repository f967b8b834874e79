import type { ScenarioView } from '../control/scenario-view.js';

/** Maximum numbers of active steps that are listed. */
const MOST_LISTED = 3;

/** Returns how far a scenario is, on one line: `round 1 of 3, step 2 of 2, 47 s left: connect_refuse`. */
export function scenarioProgress({ round, rounds, steps, leftMs }: ScenarioView): string {
  const active = steps.flatMap(({ state, what }, at) => (state === 'active' ? [{ number: at + 1, what }] : []));
  const parts = [
    ...(rounds === 1 ? [] : [rounds === null ? `round ${round}` : `round ${round} of ${rounds}`]),
    stepsInWords(
      active.map(({ number }) => number),
      steps,
    ),
    leftMs === null ? 'until Ctrl-C' : `${timeLeft(leftMs)} left`,
  ];
  const what = active.map((step) => step.what).join('; ');
  return `${parts.join(', ')}${what === '' ? '' : `: ${what}`}`;
}

function stepsInWords(active: readonly number[], steps: ScenarioView['steps']): string {
  const all = steps.length;
  const next = steps.findIndex(({ state }) => state === 'waiting');
  if (active.length === 0) return next < 0 ? `${all} of ${all} steps over` : `waiting for step ${next + 1} of ${all}`;
  if (active.length > MOST_LISTED) return `${active.length} of ${all} steps`;
  return `${active.length === 1 ? 'step' : 'steps'} ${active.join(', ')} of ${all}`;
}

/** Rounded up to a second. */
function timeLeft(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
