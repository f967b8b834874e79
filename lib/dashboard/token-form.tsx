import type { JSX, TargetedSubmitEvent } from 'preact';
import { useEffect } from 'preact/hooks';
import { RequestError } from './control.js';
import type { Live } from './live.js';
import { Problem } from './problem.js';
import { useAction } from './use-action.js';

/** Asks for the token of the control API until it is right. */
export function TokenForm({ live, wasWrong }: { readonly live: Live; readonly wasWrong: boolean }): JSX.Element {
  const { run, isRunning, problem } = useAction();
  useEffect(() => {
    document.title = 'Token - rabbit-snare';
  }, []);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const token = String(new FormData(event.currentTarget).get('token')).trim();
    void run(() => live.login(token).catch(explain));
  };
  return (
    <main class="token">
      <h1>rabbit-snare</h1>
      <form class="panel" onSubmit={submit}>
        <label class="field">
          <span>Token of the control API</span>
          <input name="token" type="password" autocomplete="off" required />
          <small>It is kept until this tab is closed.</small>
        </label>
        <Problem message={problem ?? (wasWrong && !isRunning ? WRONG : null)} />
        <button type="submit" class="primary" disabled={isRunning}>
          Open the dashboard
        </button>
      </form>
    </main>
  );
}

const WRONG = 'The token is wrong.';

function explain(error: unknown): never {
  throw error instanceof RequestError && error.status === 401 ? new Error(WRONG) : error;
}
