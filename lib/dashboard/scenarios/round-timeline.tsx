import type { JSX } from 'preact';
import type { ScenarioStepView, ScenarioView } from '../../control/scenario-view.js';
import { shortDuration } from '../faults/one-line.js';
import { duration } from '../format.js';
import { roundBars } from './round-bars.js';

/** The steps of the current round as bars over its time, with a line for now. */
export function RoundTimeline({
  scenario,
  hasSeveralProxies,
}: {
  readonly scenario: ScenarioView;
  readonly hasSeveralProxies: boolean;
}): JSX.Element {
  const { bars, now, shown, hasEnd } = roundBars(scenario);
  return (
    <div class="round">
      <ol>
        {bars.map(({ step, left, width }, nth) => (
          // Steps never move, and two can be equal.
          <li key={nth} class={`step ${step.state}`}>
            <span class="what">
              <code>{step.what}</code>
              {hasSeveralProxies && <span class="quiet small"> at {step.proxy}</span>}
            </span>
            <span class="when small">
              <span class="state">{step.state}</span> <span class="quiet">{times(step)}</span>
            </span>
            <span class="track" aria-hidden="true">
              <span class={step.until === null ? 'bar open' : 'bar'} style={{ left: `${left}%`, width: `${width}%` }} />
              <span class="now" style={{ left: `${now}%` }} />
            </span>
          </li>
        ))}
      </ol>
      <p class="axis small quiet number" aria-hidden="true">
        <span>0</span>
        <span>{duration(shown / 2)}</span>
        <span>
          {duration(shown)}
          {!hasEnd && ' …'}
        </span>
      </p>
    </div>
  );
}

/** When a step begins and ends: `1s to 10s`. */
function times({ after, until }: ScenarioStepView): string {
  return `${after === 0 ? '0' : shortDuration(after)} to ${until === null ? 'the end' : shortDuration(until)}`;
}
