/** A protocol that is recognized by its first octets. */
export type Recognizer = {
  /** A short name. It is a value of the API that does not change. */
  readonly what: string;
  /** A noun phrase without a final period: what it is, its usual port, and what to do. */
  readonly detail: string;
  /**
   * `certain` only for the signature of a protocol: a magic number, a fixed text, or fields that fit together and that no
   * other protocol starts with.
   */
  readonly confidence: 'certain' | 'likely';
  /**
   * Whether the octets match.
   *
   * @param octets 1 to 8 octets
   * @param text the same as one character per octet
   */
  readonly is: (octets: Uint8Array, text: string) => boolean;
};

/** The detail of a client that was given the wrong address: `an LDAP client, which normally uses port 389: …` */
export const misdirected = (client: string, port: string): string =>
  `${client}, which normally uses port ${port}: check the host and port in its configuration`;

/** The detail of a client that rarely gets here by mistake. */
export const scanning = (client: string, port: string): string =>
  `${client}, which normally uses port ${port}. On an AMQP port it is probably a port scanner: find out who runs it`;

/** The unsigned big-endian number in `width` octets from `at`; NaN if they have not all arrived. */
export function numberAt(octets: Uint8Array, at: number, width: number): number {
  if (octets.length < at + width) return Number.NaN;
  let value = 0;
  for (const octet of octets.subarray(at, at + width)) value = value * 256 + octet;
  return value;
}
