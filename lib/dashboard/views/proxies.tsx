import type { JSX } from 'preact';
import type { ViewProps } from './view.js';

/** The view proxies. */
export function ProxiesView({ state }: ViewProps): JSX.Element {
  return <p>{state.received} reports received.</p>;
}
