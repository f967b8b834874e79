import { type BrokerOptions, startBroker } from './rabbitmq/broker.js';
import { run } from './rabbitmq/command.js';
import { findRabbitmq } from './rabbitmq/installation.js';
import { RabbitmqLog } from './rabbitmq/log.js';
import { shared } from './rabbitmq/shared.js';

/** A real broker on 127.0.0.1. Its user `guest` (password `guest`) may do everything. */
export interface SharedRabbitMQ {
  readonly port: number;
  /** As it names itself in its Connection.Start. */
  readonly version: string;
  /** At level debug. Other specs' connections are in it too: look for your own by its port. */
  readonly log: RabbitmqLog;
  /**
   * `rabbitmqctl` against this node; takes about a second.
   *
   * @returns its standard output
   * @throws Error with its standard error when it fails
   */
  ctl(...args: string[]): Promise<string>;
}

/** A real broker of one's own. Whoever starts it stops it, or `npm test` fails. */
export interface RabbitMQ extends SharedRabbitMQ, AsyncDisposable {
  /** Of its Erlang node, without the host. */
  readonly name: string;
  /** Command lines of all of its processes that run. */
  processes(): string[];
  /** Shuts it down as an operator would, waits until no process of it is left, and removes its files with the log. */
  stop(): Promise<void>;
  /** Ends it with SIGKILL and waits until it is gone. Its log stays until `stop()`, which is still due. */
  kill(): Promise<void>;
}

/**
 * The broker that `npm test` started for all specs.
 *
 * @throws Error when there is none: a spec that needs it never skips
 */
export function sharedRabbitmq(): SharedRabbitMQ {
  const broker = shared();
  if (!broker) throw new Error('no shared RabbitMQ: run the specs with npm test, which starts it');
  return {
    port: broker.port,
    version: broker.version,
    log: new RabbitmqLog(broker.logPath),
    ctl: (...args) => run(broker.ctl, ...args),
  };
}

/**
 * Starts a broker, for specs that stop it or that need another configuration. It takes some seconds.
 *
 * @throws Error with its first errors when it does not accept AMQP within 50 s
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
    processes: broker.processes,
    stop: broker.stop,
    kill: broker.kill,
    [Symbol.asyncDispose]: broker.stop,
  };
}

/** The line of a stack that called us: after the message and our own. */
function callerIn(stack = ''): string {
  return stack.split('\n')[2]?.trim() ?? 'somewhere';
}
