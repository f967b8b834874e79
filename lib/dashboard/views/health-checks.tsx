import type { JSX } from 'preact';
import type { ViewProps } from './view.js';

/** The view health-checks. */
export function HealthChecksView({ state }: ViewProps): JSX.Element {
  return <p>{state.received} reports received.</p>;
}
