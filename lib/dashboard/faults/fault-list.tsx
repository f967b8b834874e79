import type { ComponentChildren, JSX } from 'preact';
import type { FaultView } from '../../control/routes/faults.js';
import { Panel } from '../panel.js';
import type { ViewProps } from '../views/view.js';
import type { FaultModel } from './fault-model.js';
import { FaultRow } from './fault-row.js';

/** All faults, in the order in which they act. */
export function FaultList({
  control,
  live,
  state: { faults, overview },
  route: { selected },
  model,
  say,
  children,
}: ViewProps & {
  readonly model: FaultModel | null;
  /** Announces what was done. */
  readonly say: (text: string) => void;
  /** Shown if there are no faults. */
  readonly children: ComponentChildren;
}): JSX.Element {
  const now = overview === null ? Date.now() : Date.parse(overview.at);
  const change = async ({ id }: FaultView, body: object): Promise<void> => {
    await control.ask('PATCH', `/faults/${encodeURIComponent(id)}`, body);
    await live.refresh();
    say(`Changed ${id}.`);
  };
  const remove = async ({ id }: FaultView): Promise<void> => {
    await control.ask('DELETE', `/faults/${encodeURIComponent(id)}`);
    await live.refresh();
    say(`Removed ${id}.`);
    // The button that had the focus is gone.
    document.getElementById('main')?.focus({ preventScroll: true });
  };
  const on = faults.filter(({ enabled }) => enabled).length;
  return (
    <Panel
      title="Current faults"
      class="faults"
      note={faults.length > 0 && `${on} of ${faults.length} on, in the order in which they act`}
    >
      {faults.length === 0 ? (
        children
      ) : (
        <ul class="fault-list">
          {faults.map((fault) => (
            <FaultRow
              key={`${fault.id} ${fault.addedAt}`}
              fault={fault}
              type={model?.types.find(({ name }) => name === fault.type)}
              now={now}
              isSelected={fault.id === selected}
              hasToken={control.hasToken}
              change={(body) => change(fault, body)}
              remove={() => remove(fault)}
            />
          ))}
        </ul>
      )}
    </Panel>
  );
}
