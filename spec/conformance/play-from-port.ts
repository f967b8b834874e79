import { type Case, type Played, replay } from '../support/corpus.js';
import type { Listening } from '../support/server.js';
import { fromLocalPort } from './local-ports.js';

/** What a client saw, and the port by which it is found in logs and reports. */
export type FromPort = Played & { readonly port: number };

/** How long is waited for an end beyond the handshake timeout, in ms: a broker may be silent for 3 s before it resets. */
const PATIENCE = 4_500;

/** Plays a script from a local port that nothing else has. */
export const playFromPort = (script: Case, target: Listening, handshakeTimeout: number): Promise<FromPort> =>
  fromLocalPort((localPort) => replay(script, target, { handshakeTimeout, patience: PATIENCE, localPort }));
