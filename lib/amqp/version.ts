/** A version of RabbitMQ. A version without a patch number stands for the newest patch of that line (`Infinity`). */
export type Version = readonly [major: number, minor: number, patch: number];

/** MAJOR.MINOR, perhaps a patch number, perhaps what names a build: `-rc.1`, `+1.g5d3a4b1`, `.rc1`. */
const VERSION = /^(\d{1,5})\.(\d{1,5})(?:\.(\d{1,5})(?:\.\w{1,32})?)?(?:[-+~][\w.+~-]{1,64})?$/;

/**
 * Reads a version: `3.6`, `3.10.8`, `4.1.0-rc.1`. What names a build does not count.
 *
 * @returns undefined when the text is something else
 */
export function parseVersion(text: string): Version | undefined {
  const found = VERSION.exec(text);
  if (!found) return undefined;
  return [Number(found[1]), Number(found[2]), found[3] === undefined ? Number.POSITIVE_INFINITY : Number(found[3])];
}

/** Whether `version` is `since` or a later one. */
export function isSince(version: Version, since: Version): boolean {
  for (const at of [0, 1, 2] as const) if (version[at] !== since[at]) return version[at] > since[at];
  return true;
}
