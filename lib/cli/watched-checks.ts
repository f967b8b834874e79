import type { Control } from '../client/control.js';
import { ControlError } from '../client/control-error.js';
import type { HealthChecks } from '../control/routes/health-checks.js';
import type { HealthCheckRow } from '../health-check/health-check-row.js';
import type { Report } from '../report/report.js';
import { hostOf } from '../text/address-of.js';
import { roughDuration } from '../text/rough-duration.js';

/** Maximum patterns that are remembered. With more, all are forgotten. */
const MOST = 1000;

/** What is known about the connections of one source and style. */
type Pattern = { count: number; row: HealthCheckRow | undefined };

/** Names the check that a connection belongs to. It asks the control API a few times for each source, and not for each connection. */
export class WatchedChecks {
  private readonly control: Control;
  private readonly patterns = new Map<string, Pattern>();

  constructor(control: Control) {
    this.control = control;
  }

  /** @returns for example ` [haproxy_amqp_check every 2.0 s]`; empty if the connection belongs to no recognized check */
  async nameOf({ proxy, client, healthCheck, healthCheckStyle: style }: Report): Promise<string> {
    if (!healthCheck || style === null || client === null) return '';
    const source = hostOf(client);
    const key = `${proxy} ${source} ${style}`;
    if (!this.patterns.has(key) && this.patterns.size >= MOST) this.patterns.clear();
    const pattern = this.patterns.get(key) ?? { count: 0, row: undefined };
    this.patterns.set(key, pattern);
    pattern.count += 1;
    if (isTimeToAsk(pattern)) pattern.row = await this.ask({ proxy, source, style });
    const { guess, periodMs } = pattern.row ?? {};
    return periodMs ? ` [${guess?.what ?? style} every ${roughDuration(periodMs)}]` : '';
  }

  private async ask(query: Readonly<Record<string, string>>): Promise<HealthCheckRow | undefined> {
    try {
      const { sources } = await this.control.ask<HealthChecks>('GET', `/health-checks?${new URLSearchParams(query)}`);
      return sources.find(({ established }) => established);
    } catch (error) {
      // The instance may be restarting. The name of a check is not worth the end of the command.
      if (error instanceof ControlError) return undefined;
      throw error;
    }
  }
}

/** The period is known after five connections or a few more, and later it is known better. */
function isTimeToAsk({ count, row }: Pattern): boolean {
  const isPowerOf2 = (count & (count - 1)) === 0;
  return isPowerOf2 || (row === undefined && count < 8);
}
