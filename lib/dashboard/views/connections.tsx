import type { JSX } from 'preact';
import type { ViewProps } from './view.js';

/** The view connections. */
export function ConnectionsView({ state }: ViewProps): JSX.Element {
  return <p>{state.received} reports received.</p>;
}
