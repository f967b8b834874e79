import type { CommandModule } from 'yargs';
import type { ProbeArguments } from './run-probe.js';

/** `probe HOST:PORT`: plays test clients to a server, and shows, compares or identifies its behavior. */
export const probeCommand: CommandModule<object, ProbeArguments> = {
  command: 'probe <target>',
  describe: 'Test a server with good and bad clients',
  builder: (command) =>
    command
      .positional('target', { type: 'string', demandOption: true, description: 'HOST:PORT' })
      .options({
        json: { type: 'boolean', default: false, description: 'Print JSON.' },
        only: {
          type: 'string',
          requiresArg: true,
          syntax: 'CASE',
          description: 'Cases to play, separated by commas. By default, all of them.',
        },
        'handshake-timeout': {
          type: 'string',
          default: '10s',
          requiresArg: true,
          description: 'Handshake timeout of the target. (DURATION)',
        },
        expect: {
          type: 'string',
          requiresArg: true,
          syntax: 'VERSION',
          description:
            'Compare each case with this RabbitMQ version. The exit code is 1 if any case differs. (VERSION)',
        },
        amqp10: {
          type: 'string',
          choices: ['on', 'off'],
          requiresArg: true,
          description: 'With --expect 3.x: whether the AMQP 1.0 plugin is expected. [default: off]',
        },
        close: {
          type: 'string',
          choices: ['rst', 'fin'],
          requiresArg: true,
          description: 'With --expect: how the target closes TCP. fin is for a broker without linger. [default: rst]',
        },
        identify: {
          type: 'boolean',
          description:
            'Identify the RabbitMQ version of the target by how it refuses clients. The exit code is 1 if it is not RabbitMQ.',
        },
      })
      .conflicts('identify', ['expect', 'only', 'amqp10', 'close'])
      .example('$0 probe localhost:5672 --expect 3.10', 'Compare with RabbitMQ 3.10')
      .example('$0 probe localhost:5672 --identify', 'Identify the version'),
  // The cases and all that they need are loaded only when they are played.
  handler: async (argv) => (await import('./run-probe.js')).runProbe(argv),
};
