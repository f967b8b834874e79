import type { JSX } from 'preact';
import type { ViewProps } from './view.js';

/** The view now. */
export function NowView({ state }: ViewProps): JSX.Element {
  return <p>{state.received} reports received.</p>;
}
