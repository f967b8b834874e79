import type { JSX, TargetedSubmitEvent } from 'preact';
import type { Control } from './control.js';

/** Asks for the token of the control API, and loads the page again with it. */
export function TokenForm({
  control,
  problem,
}: {
  readonly control: Control;
  readonly problem: string | null;
}): JSX.Element {
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    control.token = String(new FormData(event.currentTarget).get('token'));
    location.reload();
  };
  return (
    <main class="token">
      <h1>rabbit-snare</h1>
      <form onSubmit={submit}>
        <label>
          Token of the control API <input name="token" type="password" autocomplete="off" required />
        </label>
        <button type="submit">Open the dashboard</button>
        <p role="alert">{problem}</p>
      </form>
    </main>
  );
}
