// Run by `npm test` and `npm run spec`: runs ava with the given arguments. It first installs the programs that the requested
// specs need, and starts a real RabbitMQ if they need one, which all of them share.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { needsBroker, needsPrograms, needsTools } from './needs-broker.js';
import { shell } from './rabbitmq/command.js';
import { keep } from './rabbitmq/keeper.js';
import { openRegistry, sweepRegistry } from './rabbitmq/registry.js';

/** Writes to standard error, as a TAP comment: standard output belongs to ava. */
const say = (line: string) => console.error(`# ${line}`);

let ava: ChildProcess | undefined;
let interrupted: NodeJS.Signals | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // Before ava has started there is nothing to wait for, and a second signal ends the run immediately: the brokers
    // end with this process.
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
  // One waits for the mirrors of the distribution, and the other for npm's registry.
  await Promise.all([
    installMissing(args),
    needsTools(args) ? import('./spec-tools.js').then(({ installSpecTools }) => installSpecTools(say)) : undefined,
  ]);
  if (!needsBroker(args)) return await runAva(args);
  // Loaded here, so that specs without a broker start sooner.
  const [{ startBroker }, { describe, findRabbitmq }, { share }] = await Promise.all([
    import('./rabbitmq/broker.js'),
    import('./rabbitmq/installation.js'),
    import('./rabbitmq/shared.js'),
  ]);
  const installation = await findRabbitmq(say);
  const broker = await startBroker(installation, {}, 'by the test command');
  try {
    say(`RabbitMQ ${broker.version} on 127.0.0.1:${broker.port} (${describe(installation)})`);
    share(broker, installation);
    return await runAva(args);
  } finally {
    await broker.stop();
  }
}

/** Installs everything that the specs need and that is not on this machine, with one run of apt-get. */
async function installMissing(args: string[]): Promise<void> {
  const [withBroker, withPrograms] = [needsBroker(args), needsPrograms(args)];
  if (!withBroker && !withPrograms) return;
  const { canInstallPackage, installPackages } = await import('./rabbitmq/install.js');
  if (!canInstallPackage()) return;
  const { missingPackages } = await import('./debian-package.js');
  const { DEBIAN_PROGRAMS } = await import('./debian-programs.js');
  const { lookForRabbitmq, RABBITMQ } = await import('./rabbitmq/installation.js');
  const packages = withPrograms ? [...(await missingPackages(Object.values(DEBIAN_PROGRAMS)))] : [];
  if (withBroker && (await lookForRabbitmq(say)) === undefined) packages.push(RABBITMQ);
  if (packages.length > 0) await installPackages(packages, say);
}

/** `spec/amqp/header.spec.ts` as `dist/spec/amqp/header.spec.js`; other arguments are not changed. */
function compiled(argument: string): string {
  return /^(\.\/)?spec(\/|$)/.test(argument)
    ? `dist/${argument.replace(/^\.\//, '').replace(/\.ts$/, '.js')}`
    : argument;
}

/** Returns ava's exit code; 1 when a signal ended it. */
async function runAva(args: string[]): Promise<number> {
  const cli = fileURLToPath(new URL('cli.mjs', import.meta.resolve('ava')));
  const tap = process.env['CI'] ? ['--tap'] : [];
  // Many spec files mostly wait, for example for the broker's silence of 3 s after an error.
  const together = ['--concurrency', `${Math.ceil(availableParallelism() * 1.5)}`];
  ava = spawn(process.execPath, [cli, ...tap, ...together, ...args.map(compiled)], { stdio: 'inherit' });
  // If this process is killed, ava must not continue: nothing would read its report.
  const release = keep(shell('kill -s KILL "$1"', [`${ava.pid}`], {}));
  const [code] = await once(ava, 'exit');
  release();
  return code ?? 1;
}
