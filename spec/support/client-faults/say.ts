/** Steps of a session of a client; the last one that it began tells where it hangs. */
export type Step = 'connect' | 'use' | 'stay' | 'close';

/** What a program of a client prints, one JSON line each: its steps, then how it ended. */
export type Line = { readonly step: Step } | { readonly error: string | null };

export function say(line: Line): void {
  console.log(JSON.stringify(line));
}

/** Class, code and message of what was thrown: `Error ECONNRESET: read ECONNRESET`. */
export function describeError(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `${thrown}`;
  const { name, message } = thrown;
  const { code } = thrown as { code?: unknown };
  const type = name === 'Error' ? thrown.constructor.name : name;
  return `${type}${code === undefined ? '' : ` ${code}`}: ${message}`;
}
