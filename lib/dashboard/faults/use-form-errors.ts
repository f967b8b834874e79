import { useState } from 'preact/hooks';
import { RequestError } from '../control.js';
import { useAction } from '../use-action.js';
import { errorsOf, type FormErrors, NO_ERRORS } from './field-errors.js';

/** A form that sends a request, and shows what the server rejects at the fields that it names. */
export type FormRequest = {
  readonly errors: FormErrors;
  readonly isRunning: boolean;
  /** @returns whether it succeeded */
  readonly send: (work: () => Promise<unknown>) => Promise<boolean>;
  readonly forget: () => void;
};

/** @param paths the fields that the form shows */
export function useFormErrors(paths: readonly string[]): FormRequest {
  const [errors, setErrors] = useState(NO_ERRORS);
  const { run, isRunning } = useAction();
  const send = (work: () => Promise<unknown>): Promise<boolean> =>
    run(async () => {
      try {
        await work();
        setErrors(NO_ERRORS);
      } catch (error) {
        const isRejected = error instanceof RequestError && error.status !== null;
        setErrors(isRejected ? errorsOf(error.message, paths) : { fields: {}, others: [(error as Error).message] });
        throw error;
      }
    });
  return { errors, isRunning, send, forget: () => setErrors(NO_ERRORS) };
}
