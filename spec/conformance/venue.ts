import type { ProxySettings } from '../../lib/proxy/proxy-settings.js';
import type { Case } from '../support/corpus.js';
import type { Direct, Proxied } from './sides.js';

export interface VenueOptions {
  /** How many scripts are played at the same time. */
  readonly together: number;
  /** Called each time a script has been played, also for a replay. */
  readonly played?: () => void;
  /** How the broker and therefore the proxy close TCP. @defaultValue rst */
  readonly close?: 'rst' | 'fin';
  /** Other settings of the proxy; by default it is a guard with the broker's version as its dialect. */
  readonly proxy?: Partial<ProxySettings>;
}

/** Where scripts are played twice: directly, and through a proxy. */
export interface Venue extends AsyncDisposable {
  /** Plays each script on both sides. */
  play(scripts: readonly Case[]): Promise<readonly (readonly [Direct, Proxied])[]>;
}
