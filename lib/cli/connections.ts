import type { CommandModule } from 'yargs';
import type { OpenConnection } from '../report/report.js';
import { type ControlArguments, controlFlags, controlOf } from './control-options.js';
import { printJson, printTable } from './print.js';

type Arguments = ControlArguments & { readonly end: string | undefined; readonly close: string };

/** `connections`: lists the open connections of a running instance; with `--end`, closes one. */
export const connectionsCommand: CommandModule<object, Arguments> = {
  command: 'connections',
  describe: 'List the open connections, or close one',
  builder: (command) =>
    command.options({
      ...controlFlags,
      end: { type: 'string', requiresArg: true, description: 'Close this connection instead. (ID)' },
      close: {
        type: 'string',
        choices: ['rst', 'fin', '320'],
        default: 'rst',
        description: 'How to close it. 320 sends an AMQP connection.close with code 320.',
      },
    }) as never,
  handler: async ({ end, close, json, ...where }) => {
    const control = controlOf(where);
    if (end !== undefined) {
      await control.ask('DELETE', `/connections/${encodeURIComponent(end)}?close=${close}`);
      return;
    }
    const open = await control.ask<OpenConnection[]>('GET', '/connections');
    if (json) printJson(open);
    else printTable(['id', 'proxy', 'client', 'stage', 'user', 'vhost', 'product', 'since'], open.map(row));
  },
};

function row({ id, proxy, client, stage, handshake, at }: OpenConnection): string[] {
  const { user = null, vhost = null, product = null } = handshake ?? {};
  return [id, proxy, client ?? '-', stage, user ?? '-', vhost ?? '-', product ?? '-', at];
}
