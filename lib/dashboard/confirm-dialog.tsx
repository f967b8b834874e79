import type { ComponentChildren, JSX, TargetedSubmitEvent } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Problem } from './problem.js';
import { useAction } from './use-action.js';

/**
 * Asks before something is done. It is open as long as it is rendered. It closes when the action has succeeded; a failure is
 * shown in it.
 */
export function ConfirmDialog({
  title,
  confirm,
  isDangerous = false,
  action,
  onClose,
  children,
}: {
  readonly title: string;
  /** The text of the button, a verb: `End the connection`. */
  readonly confirm: string;
  readonly isDangerous?: boolean;
  /** @param form what the user chose in the fields among the children */
  readonly action: (form: FormData) => Promise<unknown>;
  /** Called when it was confirmed or cancelled. The caller then stops rendering it. */
  readonly onClose: () => void;
  readonly children?: ComponentChildren;
}): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const { run, isRunning, problem } = useAction();
  useEffect(() => dialog.current?.showModal(), []);
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    if (await run(() => action(form))) dialog.current?.close();
  };
  return (
    <dialog ref={dialog} class="confirm" aria-labelledby={id} onClose={onClose}>
      <form onSubmit={submit}>
        <h3 id={id}>{title}</h3>
        {children}
        <Problem message={problem} />
        <div class="buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class={isDangerous ? 'primary danger' : 'primary'} disabled={isRunning}>
            {confirm}
          </button>
        </div>
      </form>
    </dialog>
  );
}
