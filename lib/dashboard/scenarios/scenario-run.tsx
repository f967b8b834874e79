import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { ScenarioView } from '../../control/scenario-view.js';
import { Badge } from '../badge.js';
import { shortDuration } from '../faults/one-line.js';
import { useSelected } from '../faults/use-selected.js';
import { duration } from '../format.js';
import { Problem } from '../problem.js';
import { useAction } from '../use-action.js';
import { RoundTimeline } from './round-timeline.js';

/** A running scenario: its round, the time left, its lease, and its steps over time. */
export function ScenarioRun({
  scenario,
  hasSeveralProxies,
  isRenewed,
  isSelected,
  stop,
}: {
  readonly scenario: ScenarioView;
  readonly hasSeveralProxies: boolean;
  /** Whether this page renews its lease. */
  readonly isRenewed: boolean;
  readonly isSelected: boolean;
  readonly stop: () => Promise<unknown>;
}): JSX.Element {
  const { id, name, round, rounds, elapsedMs, leftMs } = scenario;
  const { run, isRunning, problem } = useAction();
  const item = useRef<HTMLLIElement>(null);
  useSelected(item, isSelected);
  return (
    <li ref={item} class="scenario" aria-label={`Scenario ${name ?? id}`} tabIndex={-1} aria-current={isSelected}>
      <div class="row">
        <Badge kind="fault">running</Badge>
        <strong>{name ?? id}</strong>
        {name !== null && <span class="quiet small">{id}</span>}
        <span class="small number">
          {rounds !== 1 && `round ${round}${rounds === null ? '' : ` of ${rounds}`}, `}
          {duration(elapsedMs)} since its start,{' '}
          {leftMs === null ? 'runs until it is stopped' : `${duration(leftMs)} left`}
        </span>
        <button
          type="button"
          class="danger end"
          aria-label={`Stop ${name ?? id}`}
          disabled={isRunning}
          onClick={() => run(stop)}
        >
          Stop
        </button>
      </div>
      <Lease scenario={scenario} isRenewed={isRenewed} />
      <Problem message={problem} />
      <RoundTimeline scenario={scenario} hasSeveralProxies={hasSeveralProxies} />
    </li>
  );
}

function Lease({
  scenario: { lease, leaseLeftMs },
  isRenewed,
}: {
  readonly scenario: ScenarioView;
  readonly isRenewed: boolean;
}): JSX.Element {
  if (lease === null || leaseLeftMs === null)
    return <p class="small quiet">No lease: it goes on when this page is closed.</p>;
  return (
    <p class="small quiet number">
      Lease {shortDuration(lease)}, {duration(leaseLeftMs)} left.{' '}
      {isRenewed
        ? `This page renews it every ${shortDuration(Math.round(lease / 3))} while it is open.`
        : 'Another client renews it, or it ends.'}
    </p>
  );
}
