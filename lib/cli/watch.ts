import type { CommandModule } from 'yargs';
import { followEvents } from '../client/follow-events.js';
import { prettyLine, prettyReport } from '../report/pretty.js';
import type { Report } from '../report/report.js';
import { type ControlArguments, controlFlags, controlOf } from './control-options.js';
import { print } from './print.js';
import { untilInterrupted } from './until-interrupted.js';

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
    for await (const { type, data } of followEvents(controlOf({ url: address ?? url }), untilInterrupted())) {
      if (type !== 'report') continue;
      const report = data as Report;
      const time = Date.parse(report.at) + report.durationMs;
      print(json ? JSON.stringify(report) : prettyLine(time, report.reason.severity, prettyReport(report), colour));
    }
  },
};
