import type { CommandModule } from 'yargs';
import { followEvents } from '../client/follow-events.js';
import { systemClock } from '../clock.js';
import { isColored } from '../output/color.js';
import type { Report } from '../report/report.js';
import { type ControlArguments, controlFlags, controlOf } from './control-options.js';
import { print, printJson } from './print.js';
import { proxyNames } from './proxy-names.js';
import { type FilterArguments, filterFlags, reportFilter } from './report-filter.js';
import { ReportLines } from './report-lines.js';
import { terminalSize } from './terminal-size.js';
import { untilInterrupted } from './until-interrupted.js';
import { WatchSummary } from './watch-summary.js';
import { WatchedChecks } from './watched-checks.js';

type Arguments = ControlArguments & FilterArguments & { readonly address: string | undefined };

const LOST =
  'rabbit-snare: some reports are missing here: the instance was restarted, or no longer had them after the connection was lost\n';

/** `watch [URL]`: prints each connection of a running instance when it ends, and at the end how many ended for which reason. */
export const watchCommand: CommandModule<object, Arguments> = {
  command: 'watch [address]',
  describe: 'Print a line for each connection that ends',
  builder: (command) =>
    command
      .usage(
        '$0 watch [address] [flags]\n\nPrint a line for each connection that ends, and a summary at the end (Ctrl-C). With several flags, each must match; a flag that is repeated matches any of its values.',
      )
      .positional('address', { type: 'string', description: 'URL of the control API, as with --url' })
      .options({ ...controlFlags, ...filterFlags }) as never,
  handler: async ({ address, url, json, ...filters }) => {
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
  },
};
