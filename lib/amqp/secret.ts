import { CONNECTION_CLASS } from './connection-methods.js';

/** The methods that contain a secret. */
const START_OK = 11;
const SECURE_OK = 21;
const UPDATE_SECRET = 70;

/** Octets of the class and method ids before the first argument, and of the size of a table or long string. */
const [IDS, SIZE] = [4, 4] as const;

/**
 * Finds where the secret in the payload of a method begins: a SASL response, or a new secret. The frame type is
 * ignored, because it may be wrong.
 *
 * @returns the offset of the secret; Infinity if there is none
 */
export function secretFrom(payload: Uint8Array): number {
  const [high, classId, , methodId] = payload;
  if (high !== 0 || classId !== CONNECTION_CLASS) return Number.POSITIVE_INFINITY;
  if (methodId === SECURE_OK || methodId === UPDATE_SECRET) return IDS + SIZE;
  if (methodId !== START_OK || payload.length < IDS + SIZE) return Number.POSITIVE_INFINITY;
  const { buffer, byteOffset } = payload;
  const mechanism = IDS + SIZE + new DataView(buffer, byteOffset).getUint32(IDS);
  return mechanism + 1 + (payload[mechanism] ?? 0) + SIZE;
}

/** Removes from a broker's text each binary that contains a secret. A broker prints these as decimals. */
export function withoutSecret(text: string): string {
  return text.replaceAll(/<<([\d,\s]+)>>/g, (shown, decimals: string) => {
    const octets = Uint8Array.from(decimals.split(','), Number);
    return secretFrom(octets) < octets.length ? '<<...>>' : shown;
  });
}
