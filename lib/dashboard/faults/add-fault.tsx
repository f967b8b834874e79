import type { JSX, TargetedSubmitEvent } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { FaultView } from '../../control/routes/faults.js';
import { Panel } from '../panel.js';
import type { ViewProps } from '../views/view.js';
import { addCommand } from './as-command.js';
import { bodyOf } from './draft.js';
import { ExampleCards, FaultExamples } from './fault-examples.js';
import { FaultFields } from './fault-fields.js';
import { type FaultModel, fieldsOf } from './fault-model.js';
import { FormProblem } from './form-problem.js';
import { ProxyField } from './proxy-field.js';
import { RequestPreview } from './request-preview.js';
import { TypePicker } from './type-picker.js';
import { useFormErrors } from './use-form-errors.js';
import type { NewFault } from './use-new-fault.js';

/** The form that adds a fault. It shows what it will send. */
export function AddFault({
  control,
  live,
  state,
  model,
  fault,
  onAdded,
}: Pick<ViewProps, 'control' | 'live' | 'state'> & {
  readonly model: FaultModel;
  readonly fault: NewFault;
  readonly onAdded: (added: FaultView) => void;
}): JSX.Element {
  const { type, draft } = fault;
  const proxies = state.overview?.proxies.map(({ name }) => name) ?? [];
  const [chosen, setProxy] = useState('');
  const proxy = proxies.includes(chosen) ? chosen : (proxies[0] ?? '');
  const form = useRef<HTMLFormElement>(null);
  const shown = type === null ? ['type'] : ['type', 'proxy', ...fieldsOf(type).map(({ path }) => path)];
  const { errors, isRunning, send, forget } = useFormErrors(shown);
  const body = type === null ? { type: null } : bodyOf(type, draft, proxies.length > 1 ? proxy : null);
  const fill = (example: FaultModel['examples'][number]): void => {
    forget();
    fault.fill(example);
    // The example that had the focus may be gone.
    requestAnimationFrame(() =>
      form.current?.querySelector<HTMLElement>('.parts :is(input, select, textarea)')?.focus(),
    );
  };
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const isAdded = await send(async () => {
      const added = await control.ask<FaultView>('POST', '/faults', body);
      await live.refresh();
      fault.change({});
      onAdded(added);
    });
    if (!isAdded) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  };
  return (
    <Panel
      title="Add a fault"
      class="add-fault"
      actions={type !== null && <FaultExamples model={model} onChoose={fill} />}
    >
      <form ref={form} class="fault-form" noValidate onSubmit={submit}>
        <TypePicker
          types={model.types}
          chosen={type?.name ?? null}
          error={errors.fields['type']}
          onChoose={(name) => {
            forget();
            fault.choose(name);
          }}
        />
        {type === null ? (
          <ExampleCards model={model} onChoose={fill} />
        ) : (
          <>
            <div class="parts">
              <div class="head">
                <h4 class="mono">{type.name}</h4>
                <p class="quiet">{type.description}</p>
              </div>
              {proxies.length > 1 && (
                <ProxyField
                  label="proxy"
                  names={proxies}
                  proxy={proxy}
                  error={errors.fields['proxy']}
                  onChange={setProxy}
                />
              )}
              <FaultFields key={type.name} type={type} draft={draft} errors={errors} onChange={fault.change} />
            </div>
            <div class="submit">
              <RequestPreview
                method="POST"
                path="/faults"
                body={body}
                command={addCommand(body, location.origin)}
                hasToken={control.hasToken}
              />
              <FormProblem errors={errors} />
              <div class="row">
                <button type="submit" class="primary" disabled={isRunning}>
                  Add fault
                </button>
                <span class="quiet small">It acts as soon as it is added.</span>
              </div>
            </div>
          </>
        )}
      </form>
    </Panel>
  );
}
