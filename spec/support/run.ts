// What `npm test` runs: one real RabbitMQ for all specs, then ava with the arguments that it was given.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { startBroker } from './rabbitmq/broker.js';
import { shell } from './rabbitmq/command.js';
import { describe, findRabbitmq } from './rabbitmq/installation.js';
import { keep } from './rabbitmq/keeper.js';
import { openRegistry, sweepRegistry } from './rabbitmq/registry.js';
import { share } from './rabbitmq/shared.js';

/** On standard error, and a comment in TAP: standard output is ava's. */
const say = (line: string) => console.error(`# ${line}`);

let ava: ChildProcess | undefined;
let interrupted: NodeJS.Signals | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // Without ava there is nothing to wait for, and the second time nobody wants to wait: the brokers end with us.
    if (!ava || interrupted) process.exit(128 + constants.signals[signal]);
    interrupted = signal;
    ava.kill(signal);
  });
}

openRegistry();
try {
  process.exitCode = await runSpecs(process.argv.slice(2));
} catch (error) {
  say(`error: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
const left = await sweepRegistry();
if (interrupted) {
  process.exitCode = 128 + constants.signals[interrupted];
} else if (left.length > 0) {
  for (const line of left) say(`error: ${line}`);
  process.exitCode ||= 1;
}

async function runSpecs(args: string[]): Promise<number> {
  const installation = await findRabbitmq(say);
  const broker = await startBroker(installation, {}, 'by npm test');
  try {
    say(`RabbitMQ ${broker.version} on 127.0.0.1:${broker.port} (${describe(installation)})`);
    share(broker, installation);
    return await runAva(args);
  } finally {
    await broker.stop();
  }
}

/** Its exit code; 1 when a signal ended it. */
async function runAva(args: string[]): Promise<number> {
  const cli = fileURLToPath(new URL('cli.mjs', import.meta.resolve('ava')));
  const tap = process.env['CI'] ? ['--tap'] : [];
  ava = spawn(process.execPath, [cli, ...tap, ...args], { stdio: 'inherit' });
  // Should we be killed, nobody is there to read the report of a run that goes on.
  const release = keep(shell('kill -s KILL "$1"', [`${ava.pid}`], {}));
  const [code] = await once(ava, 'exit');
  release();
  return code ?? 1;
}
