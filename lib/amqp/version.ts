/** A RabbitMQ version. Without a patch number it means the newest patch release (`Infinity`). */
export type Version = readonly [major: number, minor: number, patch: number];

/** The values of a fact, each with the first version that has it. */
export type Since<Value> = readonly (readonly [since: Version, value: Value])[];

/** MAJOR.MINOR, an optional patch number, an optional build suffix: `-rc.1`, `+1.g5d3a4b1`, `.rc1`. */
const VERSION = /^(\d{1,5})\.(\d{1,5})(?:\.(\d{1,5})(?:\.\w{1,32})?)?(?:[-+~][\w.+~-]{1,64})?$/;

/**
 * Parses a version: `3.6`, `3.10.8`, `4.1.0-rc.1`. The build suffix is ignored.
 *
 * @returns undefined if the text is not a version
 */
export function parseVersion(text: string): Version | undefined {
  const found = VERSION.exec(text);
  if (!found) return undefined;
  return [Number(found[1]), Number(found[2]), found[3] === undefined ? Number.POSITIVE_INFINITY : Number(found[3])];
}

/** Whether `version` is `since` or later. */
export function isSince(version: Version, since: Version): boolean {
  for (const at of [0, 1, 2] as const) if (version[at] !== since[at]) return version[at] > since[at];
  return true;
}
