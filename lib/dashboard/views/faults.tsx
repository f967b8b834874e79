import type { JSX } from 'preact';
import type { ViewProps } from './view.js';

/** The view faults. */
export function FaultsView({ state }: ViewProps): JSX.Element {
  return <p>{state.received} reports received.</p>;
}
