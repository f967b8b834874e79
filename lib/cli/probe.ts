import type { CommandModule } from 'yargs';
import { parseAddress } from '../config/address.js';
import { parseDuration } from '../config/duration.js';
import { probe } from '../probe/probe.js';
import { formatTable } from '../probe/table.js';
import { UsageError } from './usage-error.js';

type Arguments = { target: string; json: boolean; only: string | undefined; 'handshake-timeout': string };

/** `probe HOST:PORT`: what a broker or a proxy does in the specification's cases. */
export const probeCommand: CommandModule<object, Arguments> = {
  command: 'probe <target>',
  describe: "Act as the client: play the specification's cases against a broker or a proxy",
  builder: (command) =>
    command.positional('target', { type: 'string', demandOption: true, description: 'HOST:PORT' }).options({
      json: { type: 'boolean', default: false, description: 'Print the results as JSON' },
      only: { type: 'string', requiresArg: true, description: 'Names of cases to play, with commas between them' },
      'handshake-timeout': {
        type: 'string',
        default: '10s',
        requiresArg: true,
        description: 'The handshake timeout that the target has',
      },
    }),
  handler: async ({ target, json, only, 'handshake-timeout': handshakeTimeout }) => {
    const results = await probe({
      ...read('the target', () => parseAddress(target)),
      expectedTimeout: read('--handshake-timeout', () => parseDuration(handshakeTimeout)),
      ...(only === undefined ? {} : { only: only.split(',') }),
    }).catch((error: unknown) => {
      throw error instanceof RangeError ? new UsageError(`--only: ${error.message}`) : error;
    });
    process.stdout.write(`${json ? JSON.stringify(results) : formatTable(results)}\n`);
  },
};

/** Reads a value that the command line gave; the error names it. */
function read<Value>(name: string, parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    throw new UsageError(`${name} ${(error as Error).message}`);
  }
}
