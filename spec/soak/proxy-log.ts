/** What the run provokes: invalid and missing config files. */
const REJECTED = /^the config was not reloaded, the running one stays in use: /;
const RELOADED = /^the config was reloaded/;

/** Reads the proxy's log, in the format `json`. */
export class ProxyLog {
  /**
   * Lines that report a failure of the proxy itself: not the end of a connection and not a rejected config, which the run
   * provokes. A line that is not a log entry, such as a stack trace, is one.
   */
  readonly errors: string[] = [];
  /** Reloads that were applied, and those that changed nothing. */
  reloads = 0;
  rejected = 0;

  take(line: string): void {
    let entry: { readonly level?: unknown; readonly message?: unknown; readonly id?: unknown };
    try {
      entry = JSON.parse(line);
    } catch {
      this.errors.push(line);
      return;
    }
    const message = String(entry.message);
    if (RELOADED.test(message)) this.reloads += 1;
    else if (REJECTED.test(message)) this.rejected += 1;
    else if (entry.level === 'error' && !(message === 'connection ended' && entry.id !== undefined))
      this.errors.push(line);
  }
}
