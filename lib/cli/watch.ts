import type { CommandModule } from 'yargs';
import { followEvents } from '../client/follow-events.js';
import { prettyLine, prettyReport } from '../report/pretty.js';
import type { Report } from '../report/report.js';
import { type ControlArguments, controlFlags, controlOf } from './control-options.js';
import { print } from './print.js';
import { untilInterrupted } from './until-interrupted.js';
import { WatchedChecks } from './watched-checks.js';

type Arguments = ControlArguments & { readonly address: string | undefined };

/** `watch [URL]`: prints a line for each connection of a running instance when it ends. */
export const watchCommand: CommandModule<object, Arguments> = {
  command: 'watch [address]',
  describe: 'Print a line for each connection that ends',
  builder: (command) =>
    command
      .positional('address', { type: 'string', description: 'URL of the control API, as with --url' })
      .options(controlFlags) as never,
  handler: async ({ address, url, json }) => {
    const colour = process.stdout.isTTY === true && !process.env['NO_COLOR'];
    const control = controlOf({ url: address ?? url });
    const checks = new WatchedChecks(control);
    for await (const { type, data } of followEvents(control, untilInterrupted())) {
      if (type !== 'report') continue;
      const report = data as Report;
      if (json) {
        print(JSON.stringify(report));
        continue;
      }
      const time = Date.parse(report.at) + report.durationMs;
      const text = `${prettyReport(report)}${await checks.nameOf(report)}`;
      print(prettyLine(time, report.reason.severity, text, colour));
    }
  },
};
