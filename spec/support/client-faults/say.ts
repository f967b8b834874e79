/** Steps of a client's session; the last one started shows where it hangs. */
export type Step = 'connect' | 'use' | 'stay' | 'close';

/** JSON lines that a client program prints: its steps, then its result. */
export type Line = { readonly step: Step } | { readonly error: string | null };

export function say(line: Line): void {
  console.log(JSON.stringify(line));
}

/** Class, code and message of a thrown value: `Error ECONNRESET: read ECONNRESET`. */
export function describeError(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `${thrown}`;
  const { name, message } = thrown;
  const { code } = thrown as { code?: unknown };
  const type = name === 'Error' ? thrown.constructor.name : name;
  return `${type}${code === undefined ? '' : ` ${code}`}: ${message}`;
}
