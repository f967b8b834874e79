import { useEffect, useState } from 'preact/hooks';
import type { Control } from './control.js';

/** The last answer to a request that is repeated. */
export type Polled<Answer> = {
  /** Null: there was none yet. */
  readonly answer: Answer | null;
  /** Why the last request failed; null: it did not. */
  readonly problem: string | null;
  /** Repeats the request now. */
  readonly again: () => void;
};

/**
 * Repeats a GET request while the component is shown and the tab is visible. The next one is sent `every` ms after the answer.
 *
 * @param path for example `/connections`; null: nothing is asked
 */
export function usePolled<Answer>(control: Control, path: string | null, every: number): Polled<Answer> {
  const [state, setState] = useState<Omit<Polled<Answer>, 'again'>>({ answer: null, problem: null });
  // A new turn asks again.
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (path === null) return;
    const ended = new AbortController();
    const { signal } = ended;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      clearTimeout(timer);
      if (document.hidden) return;
      try {
        const answer = await control.ask<Answer>('GET', path, undefined, signal);
        if (!signal.aborted) setState({ answer, problem: null });
      } catch (error) {
        if (!signal.aborted) setState(({ answer }) => ({ answer, problem: (error as Error).message }));
      }
      if (!signal.aborted) timer = setTimeout(ask, every);
    };
    document.addEventListener('visibilitychange', ask, { signal });
    void ask();
    return () => {
      ended.abort();
      clearTimeout(timer);
    };
  }, [control, path, every, turn]);
  return { ...state, again: () => setTurn((now) => now + 1) };
}
