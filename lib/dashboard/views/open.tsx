import type { JSX } from 'preact';
import type { ViewProps } from './view.js';

/** The view open. */
export function OpenView({ state }: ViewProps): JSX.Element {
  return <p>{state.received} reports received.</p>;
}
