import { useEffect, useState } from 'preact/hooks';
import { type Control, RequestError } from './control.js';

/** The last answer, and why there is no newer one. */
export type Polled<Answer> = {
  readonly answer: Answer | null;
  readonly problem: string | null;
  /** Asks again now. */
  readonly refresh: () => void;
};

/**
 * Asks the control API again and again while the component is shown.
 *
 * @param path for example `/connections`
 * @param period ms between an answer and the next request
 */
export function usePolled<Answer>(control: Control, path: string, period: number): Polled<Answer> {
  const [{ answer, problem }, setState] = useState<{ answer: Answer | null; problem: string | null }>({
    answer: null,
    problem: null,
  });
  const [asked, setAsked] = useState(0);
  // A changed `asked` asks again
  useEffect(() => {
    let isShown = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const poll = async (): Promise<void> => {
      try {
        const next = await control.ask<Answer>('GET', path);
        if (isShown) setState({ answer: next, problem: null });
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        if (isShown) setState((before) => ({ ...before, problem: error.message }));
      }
      if (isShown) timer = setTimeout(() => void poll(), period);
    };
    void poll();
    return () => {
      isShown = false;
      clearTimeout(timer);
    };
  }, [control, path, period, asked]);
  return { answer, problem, refresh: () => setAsked((before) => before + 1) };
}
