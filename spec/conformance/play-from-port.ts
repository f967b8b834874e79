import { type Case, replay } from '../support/corpus.js';
import type { Listening } from '../support/server.js';
import { fromLocalPort } from './local-ports.js';
import type { Ends } from './sides.js';
import { noticingStalls } from './stalls.js';

/** What a client saw, and the port that identifies it in logs and reports. */
export type FromPort = Ends & { readonly port: number };

/** How long to wait for a close after the handshake timeout, in ms: a broker can stay silent for 3 s before it resets. */
const PATIENCE = 4_500;

/**
 * Plays a script from a local port that nothing else uses.
 *
 * @param stopped resolves when the broker has been stopped, for scripts that wait for that
 */
export const playFromPort = (
  script: Case,
  target: Listening,
  handshakeTimeout: number,
  stopped: () => Promise<void> = async () => {},
): Promise<FromPort> =>
  noticingStalls(() =>
    fromLocalPort((localPort) => replay(script, target, { handshakeTimeout, patience: PATIENCE, localPort, stopped })),
  );
