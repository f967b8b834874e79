import { useEffect, useRef, useState } from 'preact/hooks';

/** An action of the user that can fail. */
export type Action = {
  /** Runs `work`, unless it is already running. Its failure becomes the problem. Never rejects. @returns whether it succeeded */
  readonly run: (work: () => Promise<unknown>) => Promise<boolean>;
  readonly isRunning: boolean;
  /** Why the last run failed; null: it did not. */
  readonly problem: string | null;
};

/** Keeps the progress and the failure of what the user does, for example of a request that changes something. */
export function useAction(): Action {
  const [state, setState] = useState<Omit<Action, 'run'>>({ isRunning: false, problem: null });
  const isBusy = useRef(false);
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
    };
  }, []);
  const become = (next: Omit<Action, 'run'>): void => {
    if (!isGone.current) setState(next);
  };
  const run = async (work: () => Promise<unknown>): Promise<boolean> => {
    if (isBusy.current) return false;
    isBusy.current = true;
    become({ isRunning: true, problem: null });
    try {
      await work();
      become({ isRunning: false, problem: null });
      return true;
    } catch (error) {
      become({ isRunning: false, problem: error instanceof Error ? error.message : String(error) });
      return false;
    } finally {
      isBusy.current = false;
    }
  };
  return { ...state, run };
}
