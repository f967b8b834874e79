import { type BrokerOptions, startBroker } from './rabbitmq/broker.js';
import { diagnosticsOf, run } from './rabbitmq/command.js';
import { findRabbitmq } from './rabbitmq/installation.js';
import { RabbitmqLog } from './rabbitmq/log.js';
import { shared } from './rabbitmq/shared.js';
import type { SharedRabbitMQ } from './shared-rabbitmq.js';

/** A broker that one spec file starts. The file must stop it, or the test run fails. */
export interface RabbitMQ extends SharedRabbitMQ, AsyncDisposable {
  /** Name of its Erlang node, without the host. */
  readonly name: string;
  /** Returns the command lines of all its running processes. */
  processes(): string[];
  /** Shuts it down as an operator would, waits until all its processes have ended, and removes its files and log. */
  stop(): Promise<void>;
  /** Ends it with SIGKILL and waits until it is gone. `stop()` is still required; the log stays until then. */
  kill(): Promise<void>;
}

/**
 * Starts a broker, for specs that stop it or need another configuration. Takes several seconds.
 *
 * @throws Error with the broker's first errors when it does not accept AMQP within 50 s
 */
export async function startRabbitmq(options: BrokerOptions = {}): Promise<RabbitMQ> {
  const startedAt = callerIn(new Error().stack);
  const installation = shared()?.installation ?? (await findRabbitmq((line) => console.error(`# ${line}`)));
  const broker = await startBroker(installation, options, startedAt);
  return {
    name: broker.name,
    port: broker.port,
    version: broker.version,
    log: new RabbitmqLog(broker.logPath),
    ctl: (...args) => run(broker.ctl, ...args),
    diagnostics: (...args) => run(diagnosticsOf(broker.ctl), ...args),
    processes: broker.processes,
    stop: broker.stop,
    kill: broker.kill,
    [Symbol.asyncDispose]: broker.stop,
  };
}

/** Returns the caller's line of a stack: it follows the message and our own line. */
function callerIn(stack = ''): string {
  return stack.split('\n')[2]?.trim() ?? 'somewhere';
}
