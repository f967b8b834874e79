import { ENDS } from '../examples.js';
import type { Row } from '../row.js';

/** The connection of the examples, as some plugins print it. */
export const quotedEnds = `"${ENDS}"`;
/** A row whose words need no explanation in their order: what, cause and fix. */
export const shortRow = (
  name: string,
  reason: Row['reason'],
  pattern: RegExp,
  [what, cause, fix]: readonly [string, string, string],
  worry: Row['worry'],
  ...examples: readonly [string, ...string[]]
): Row => ({ name, reason, examples, pattern, what, cause, worry, fix });

export const NOTHING = 'Nothing.';
export const NORMAL = 'Normal operation.';
/** What a client with TLS should do that chose a port without it. */
export const tlsPort = (plain: number, tls: number): string =>
  `Connect to the TLS port (usually ${tls}), or switch TLS off in the client and use ${plain}.`;
