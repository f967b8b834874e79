import type { SecuredClient } from './peer/secured-client.js';

/** Octets of a client that may wait before it is paused. */
const MAX_WAITING = 65_536;

/**
 * Reads a client inside TLS while faults keep it waiting. Afterwards the client is paused, unless a fault has ended it.
 *
 * @param acting settles when the faults have acted
 * @param left called when the client has left
 * @returns what the client has sent
 */
export async function keepWaiting(
  client: SecuredClient,
  acting: Promise<void>,
  left: () => void,
): Promise<readonly Uint8Array[]> {
  const kept: Uint8Array[] = [];
  let length = 0;
  client.listener = {
    octets: (octets) => {
      kept.push(Uint8Array.from(octets));
      length += octets.length;
      return length < MAX_WAITING;
    },
    ended: left,
    drained: () => {},
    closed: left,
  };
  client.begin();
  await acting;
  // A client that a fault has ended is read to its end.
  if (client.saw === null) client.hold();
  return kept;
}
