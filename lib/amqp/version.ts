/** A version of RabbitMQ. A version without a patch number stands for the newest patch of that line (`Infinity`). */
export type Version = readonly [major: number, minor: number, patch: number];

/**
 * Reads the version at the start of a text: `3.6`, `3.10.8`, `4.1.0-rc.1`.
 *
 * @returns undefined when the text does not begin with MAJOR.MINOR
 */
export function parseVersion(text: string): Version | undefined {
  const found = /^(\d{1,5})\.(\d{1,5})(?:\.(\d{1,5}))?/.exec(text);
  if (!found) return undefined;
  return [Number(found[1]), Number(found[2]), found[3] === undefined ? Number.POSITIVE_INFINITY : Number(found[3])];
}

/** Whether `version` is `since` or a later one. */
export function isSince(version: Version, since: Version): boolean {
  for (const at of [0, 1, 2] as const) if (version[at] !== since[at]) return version[at] > since[at];
  return true;
}
