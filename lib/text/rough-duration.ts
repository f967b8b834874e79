/** Formats ms for people: `250 ms`, `5.0 s`, `2.5 min`. */
export function roughDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  return ms < 119_950 ? `${(ms / 1000).toFixed(1)} s` : `${(ms / 60_000).toFixed(1)} min`;
}
