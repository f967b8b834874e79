import type { HealthCheckStyle } from './style.js';

/** What a source did: one pattern of connections. Times are in ms since 1970. */
type Pattern = { readonly style: HealthCheckStyle; readonly lastSeen: number; readonly isPeriodic: boolean };

/** How long ago the protocols of a scan may have been tried, in ms. nmap waits 11 s for the answer to its first probe. */
const WINDOW = 60_000;
/** A browser, or a client that falls back from TLS, tries two. */
const FEWEST_PROTOCOLS = 3;

/** Styles of connections that send nothing of a protocol. */
const SILENT: ReadonlySet<HealthCheckStyle> = new Set([
  'no_data',
  'no_data_reset',
  'hold',
  'proxy_local',
  'proxy_only',
]);

/**
 * Whether a source scans: it sent three different protocols within a minute, none of them periodically, as checks are.
 *
 * @param patterns what the source did, one for each protocol and style
 * @param now when the last connection came
 */
export function isScan(patterns: Iterable<Pattern>, now: number): boolean {
  let protocols = 0;
  for (const { style, lastSeen, isPeriodic } of patterns) {
    if (!SILENT.has(style) && !isPeriodic && now - lastSeen <= WINDOW) protocols += 1;
  }
  return protocols >= FEWEST_PROTOCOLS;
}
