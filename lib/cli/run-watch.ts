import { followEvents } from '../client/follow-events.js';
import { systemClock } from '../clock.js';
import { isColored } from '../output/color.js';
import type { Report } from '../report/report.js';
import { type ControlArguments, controlOf } from './control-options.js';
import { print, printJson } from './print.js';
import { proxyNames } from './proxy-names.js';
import { type FilterArguments, reportFilter } from './report-filter.js';
import { ReportLines } from './report-lines.js';
import { terminalSize } from './terminal-size.js';
import { untilInterrupted } from './until-interrupted.js';
import { WatchSummary } from './watch-summary.js';
import { WatchedChecks } from './watched-checks.js';

/** The arguments of `watch`. */
export type WatchArguments = ControlArguments & FilterArguments & { readonly address: string | undefined };

const LOST =
  'rabbit-snare: some reports are missing here: the instance was restarted, or no longer had them after the connection was lost\n';

/** Prints each connection of a running instance when it ends, and at the end how many ended for which reason. */
export async function runWatch({ address, url, json, ...filters }: WatchArguments): Promise<void> {
  const filter = reportFilter(filters);
  const control = controlOf({ url: address ?? url });
  const { stdout, stderr } = process;
  const [color, from] = [isColored(stdout), systemClock.ticks()];
  const interrupted = untilInterrupted();
  const lines = new ReportLines({ proxies: await proxyNames(control), color });
  const checks = new WatchedChecks(control);
  const summary = new WatchSummary();
  for await (const { type, data } of followEvents(control, interrupted)) {
    if (type === 'lost') stderr.write(LOST);
    if (type !== 'report') continue;
    const report = data as Report;
    if (filter?.(report) === false) continue;
    if (json) {
      printJson(report);
      continue;
    }
    summary.add(report);
    print(lines.format(report, await checks.nameOf(report), stdout.isTTY ? terminalSize(stdout).columns : null));
  }
  if (!json) print(`\n${summary.text(systemClock.ticks() - from, { color, isFiltered: filter !== null })}`);
}
