import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { EmptyState } from '../empty-state.js';
import { AddFault } from '../faults/add-fault.js';
import { FaultList } from '../faults/fault-list.js';
import { useFaultModel } from '../faults/use-fault-model.js';
import { useNewFault } from '../faults/use-new-fault.js';
import { Problem } from '../problem.js';
import { fragmentOf } from '../route.js';
import { ScenarioList } from '../scenarios/scenario-list.js';
import { StartScenario } from '../scenarios/start-scenario.js';
import type { ViewProps } from './view.js';

/** What is broken on purpose: the faults, the running scenarios, and the forms that add more. */
export function FaultsView(props: ViewProps): JSX.Element {
  const { control, live, state } = props;
  const { model, problem } = useFaultModel(control, state);
  const fault = useNewFault(model);
  const [said, say] = useState('');
  return (
    <>
      <ScenarioList {...props} say={say} />
      <FaultList {...props} model={model} say={say}>
        <EmptyState title="Nothing is broken on purpose">
          <p>
            A fault changes connections through a proxy on purpose: it refuses, delays, cuts or closes them, at a moment
            of the AMQP handshake or in the bytes that follow. Use it to see whether clients recover.
          </p>
        </EmptyState>
      </FaultList>
      <p class="visually-hidden" role="status">
        {said}
      </p>
      <Problem message={model === null ? problem : null} />
      {model && (
        <AddFault
          control={control}
          live={live}
          state={state}
          model={model}
          fault={fault}
          onAdded={({ id }) => {
            say(`Added ${id}.`);
            location.hash = fragmentOf({ view: 'faults', selected: id });
          }}
        />
      )}
      <StartScenario control={control} live={live} state={state} say={say} />
    </>
  );
}
