import type { JSX, TargetedSubmitEvent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { FaultView } from '../../control/routes/faults.js';
import { updateCommand } from './as-command.js';
import { changeOf, draftOf } from './draft.js';
import { FaultFields } from './fault-fields.js';
import { type FaultTypeModel, fieldsOf } from './fault-model.js';
import { FormProblem } from './form-problem.js';
import { RequestPreview } from './request-preview.js';
import { useFormErrors } from './use-form-errors.js';

/** What a fault keeps for its life. */
const FIXED = ['name', 'stream'];

/** The form that changes a fault. Only what was changed is sent. */
export function EditFault({
  fault,
  type,
  hasToken,
  change,
  onClose,
}: {
  readonly fault: FaultView;
  readonly type: FaultTypeModel;
  readonly hasToken: boolean;
  readonly change: (body: object) => Promise<unknown>;
  readonly onClose: () => void;
}): JSX.Element {
  // The fault as it was when the form was opened: it must not change under the user's hands.
  const [before] = useState(() => draftOf(type, fault));
  const [draft, setDraft] = useState(before);
  const form = useRef<HTMLFormElement>(null);
  const { errors, isRunning, send } = useFormErrors(fieldsOf(type).map(({ path }) => path));
  const body = changeOf(type, before, draft);
  const isChanged = Object.keys(body).length > 0;
  useEffect(() => form.current?.querySelector<HTMLElement>('input, select, textarea')?.focus(), []);
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    if (!isChanged || (await send(() => change(body)))) onClose();
    else form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  };
  return (
    <form
      ref={form}
      class="fault-form edit"
      aria-label={`Change ${fault.id}`}
      noValidate
      onSubmit={submit}
      onKeyDown={({ key }) => key === 'Escape' && onClose()}
    >
      <div class="parts">
        <FaultFields type={type} draft={draft} errors={errors} fixed={FIXED} onChange={setDraft} />
      </div>
      <div class="submit">
        {isChanged ? (
          <RequestPreview
            method="PATCH"
            path={`/faults/${encodeURIComponent(fault.id)}`}
            body={body}
            command={updateCommand(fault.id, body, location.origin)}
            hasToken={hasToken}
          />
        ) : (
          <p class="quiet">Nothing is changed yet.</p>
        )}
        <FormProblem errors={errors} />
        <div class="row">
          <button type="submit" class="primary" disabled={isRunning || !isChanged}>
            Save
          </button>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </div>
    </form>
  );
}
