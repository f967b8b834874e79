import { useMemo } from 'preact/hooks';
import type { Control } from '../control.js';
import type { LiveState } from '../live.js';
import { usePolled } from '../use-polled.js';
import { type FaultModel, faultModelOf, type OpenApi } from './fault-model.js';

/** The schema changes only with the program, which then restarts: the page asks when it has reconnected. In ms. */
const EVERY = 3_600_000;

/** Reads the fault types from the control API. Null: they have not arrived. */
export function useFaultModel(
  control: Control,
  { link }: LiveState,
): { readonly model: FaultModel | null; readonly problem: string | null } {
  const { answer, problem } = usePolled<OpenApi>(control, link === 'live' ? '/openapi.json' : null, EVERY);
  const model = useMemo(() => answer && faultModelOf(answer), [answer]);
  return { model, problem };
}
