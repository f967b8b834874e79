import { diagnosticsOf, run } from './rabbitmq/command.js';
import { RabbitmqLog } from './rabbitmq/log.js';
import { shared } from './rabbitmq/shared.js';

/** A real broker on 127.0.0.1. Its user `guest` (password `guest`) has full access. */
export interface SharedRabbitMQ {
  readonly port: number;
  /** Version from its Connection.Start. */
  readonly version: string;
  /** Log at level debug. It also contains the connections of other specs: select yours by port. */
  readonly log: RabbitmqLog;
  /**
   * Runs `rabbitmqctl` against this node; takes about a second.
   *
   * @returns its standard output
   * @throws Error with its standard error when it fails
   */
  ctl(...args: string[]): Promise<string>;
  /** The same with `rabbitmq-diagnostics`. */
  diagnostics(...args: string[]): Promise<string>;
}

/**
 * Returns the broker that `npm test` and `npm run spec` start once for all specs. They start it when a requested spec
 * file imports this one, so specs that do not use it must not import this file.
 *
 * @throws Error when no broker is shared: a spec that needs one never skips
 */
export function sharedRabbitmq(): SharedRabbitMQ {
  const broker = shared();
  if (!broker) throw new Error('no shared RabbitMQ: run this spec with npm run spec, which starts one');
  return {
    port: broker.port,
    version: broker.version,
    log: new RabbitmqLog(broker.logPath),
    ctl: (...args) => run(broker.ctl, ...args),
    diagnostics: (...args) => run(diagnosticsOf(broker.ctl), ...args),
  };
}
