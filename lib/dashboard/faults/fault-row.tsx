import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { FaultView } from '../../control/routes/faults.js';
import { Badge } from '../badge.js';
import { ConfirmDialog } from '../confirm-dialog.js';
import { age } from '../format.js';
import { Problem } from '../problem.js';
import { Switch } from '../switch.js';
import { Time } from '../time.js';
import { useAction } from '../use-action.js';
import { EditFault } from './edit-fault.js';
import type { FaultTypeModel } from './fault-model.js';
import { MEANINGS } from './fault-state.js';
import { nowOf, wordsOf } from './one-line.js';
import { SeenConnections } from './seen-connections.js';
import { ToxicitySlider } from './toxicity-slider.js';
import { useSelected } from './use-selected.js';

/** One fault of the list: what it does, its hits and its age, and everything that can be done to it. */
export function FaultRow({
  fault,
  type,
  now,
  isSelected,
  hasToken,
  change,
  remove,
}: {
  readonly fault: FaultView;
  /** Undefined: the schema has not arrived, or does not have it. */
  readonly type: FaultTypeModel | undefined;
  /** The time of the server, in ms since 1970. */
  readonly now: number;
  readonly isSelected: boolean;
  readonly hasToken: boolean;
  readonly change: (body: object) => Promise<unknown>;
  readonly remove: () => Promise<unknown>;
}): JSX.Element {
  const { id, enabled, state, toxicity, addedAt, scenario } = fault;
  const [open, setOpen] = useState<'edit' | 'remove' | null>(null);
  const { run, problem } = useAction();
  const row = useRef<HTMLLIElement>(null);
  const editButton = useRef<HTMLButtonElement>(null);
  useSelected(row, isSelected);
  const hasToxicity = type === undefined || type.shared.some(({ path }) => path === 'toxicity');
  const close = (): void => {
    setOpen(null);
    editButton.current?.focus();
  };
  return (
    <li ref={row} class={`fault-row ${state}`} aria-label={`Fault ${id}`} tabIndex={-1} aria-current={isSelected}>
      <Switch on={enabled} label={`${id} is on`} onChange={(on) => run(() => change({ enabled: on }))} />
      <FaultSummary fault={fault} type={type} />
      {hasToxicity ? (
        <div class="toxicity-of">
          <ToxicitySlider
            label={`Toxicity of ${id}`}
            toxicity={toxicity}
            onChange={(value) => run(() => change({ toxicity: value }))}
          />
          <span class="quiet small" aria-hidden="true">
            toxicity
          </span>
        </div>
      ) : (
        <span class="quiet small">acts on the listener</span>
      )}
      <div class="facts-of">
        <SeenConnections {...fault} />
        <span class="quiet small since">
          since <Time at={addedAt} />, {age(now - Date.parse(addedAt))}
        </span>
      </div>
      <div class="row buttons">
        {type && (
          <button
            ref={editButton}
            type="button"
            aria-label={`Edit ${id}`}
            aria-expanded={open === 'edit'}
            onClick={() => setOpen(open === 'edit' ? null : 'edit')}
          >
            Edit
          </button>
        )}
        <button
          type="button"
          class="danger"
          aria-label={`Remove ${id}`}
          onClick={() => (scenario === null ? run(remove) : setOpen('remove'))}
        >
          Remove
        </button>
      </div>
      <Problem message={problem} />
      {open === 'edit' && type && (
        <EditFault fault={fault} type={type} hasToken={hasToken} change={change} onClose={close} />
      )}
      {open === 'remove' && (
        <ConfirmDialog
          title={`Remove ${id}?`}
          confirm="Remove the fault"
          isDangerous
          action={remove}
          onClose={() => setOpen(null)}
        >
          <p>
            It belongs to {scenario}, which goes on without it. A later round of the scenario adds it again. To end all
            faults of the scenario, stop the scenario.
          </p>
        </ConfirmDialog>
      )}
    </li>
  );
}

/** The name of a fault, and what it does, in words. */
function FaultSummary({
  fault: { id, type: name, attributes, valuesNow, when, stream, times, state, scenario },
  type,
}: {
  readonly fault: FaultView;
  readonly type: FaultTypeModel | undefined;
}): JSX.Element {
  const words = wordsOf({ attributes, when, stream, times }, type);
  const now = nowOf(valuesNow, type);
  return (
    <div class="what">
      <p class="does mono" title={type?.description}>
        <strong>{name}</strong> {words.attributes.join(' ')}
        {now !== '' && <span class="quiet"> (now {now})</span>}
        {words.limits.length > 0 && <span class="quiet"> {words.limits.join(' ')}</span>}
        {MEANINGS[state] !== '' && (
          <>
            {' '}
            <Badge kind="plain" title={MEANINGS[state]}>
              {state}
            </Badge>
          </>
        )}
      </p>
      <p class="small quiet id">
        {id}
        {scenario !== null && ` of ${scenario}`}
      </p>
    </div>
  );
}
