import type { FunctionComponent } from 'preact';
import type { Control } from '../control.js';
import type { Live, LiveState } from '../live.js';
import type { Route } from '../route.js';

/** What every view is given. */
export type ViewProps = {
  readonly control: Control;
  readonly live: Live;
  readonly state: LiveState;
  readonly route: Route;
};

export type View = FunctionComponent<ViewProps>;
