import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, run, searchPath } from './command.js';
import { dockerListen, startInDocker } from './docker-node.js';
import type { Installation } from './installation.js';
import { keep } from './keeper.js';
import { RabbitmqLog } from './log.js';
import { startOnMachine } from './machine-node.js';
import { hasEnded, type Node } from './node.js';
import { processesWith } from './processes.js';
import { greet } from './ready.js';
import { register, unregister } from './registry.js';
import { type Settings, settingsOf } from './settings.js';
import { until } from './until.js';

/** One node, from start to end. */
export interface Broker {
  readonly name: string;
  readonly port: number;
  readonly version: string;
  readonly logPath: string;
  readonly ctl: Command;
  processes(): string[];
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** Shuts it down as an operator would, and keeps its files. */
  halt(): Promise<void>;
  /**
   * Starts it again with the same port and data, after `kill()` or `halt()`.
   *
   * @param timeout in ms; recovering queues takes time. @defaultValue 50 s
   */
  restart(timeout?: number): Promise<void>;
}

export interface BrokerOptions {
  /** Lines of `rabbitmq.conf`; they override ours: the log at level debug, `loopback_users = none`. */
  readonly conf?: Readonly<Record<string, string>>;
  /** @defaultValue a free port */
  readonly port?: number;
  /** An additional TLS port, with the certificate of spec/fixtures/tls. @defaultValue none */
  readonly tlsPort?: number;
  /** For example `rabbitmq_amqp1_0`. @defaultValue none */
  readonly plugins?: readonly string[];
}

/** In ms; below ava's timeout, so that the error that gives the cause comes first. */
const startTimeout = 50_000;
const stopTimeout = 10_000;

/**
 * Starts a node and waits until it has answered a protocol header.
 *
 * @param startedAt source location, for the message about a node that was not stopped
 * @throws Error with the node's first errors when it does not accept AMQP within 50 s
 */
export async function startBroker(
  installation: Installation,
  options: BrokerOptions,
  startedAt: string,
): Promise<Broker> {
  const inDocker = installation.kind === 'docker';
  const settings = await settingsOf({ ...options, listen: inDocker ? dockerListen : '127.0.0.1' });
  const { name, port, logPath } = settings;
  const launch = () => {
    const launched = inDocker
      ? startInDocker(installation.image, settings)
      : startOnMachine(installation.sbin, settings, searchPath());
    register({ name, startedAt, ending: launched.ending });
    return launched;
  };
  const waitUntilReady = (timeout: number) =>
    ready(node, settings, { timeout, proxyProtocol: options.conf?.['proxy_protocol'] === 'true' });
  let node = launch();
  let release = keep(node.ending);

  const processes = () => processesWith(settings.directory, node.child.pid);
  let ending: Promise<void> | undefined;
  const stop = async () => {
    ending ??= shutDown(node, processes).then(() => {
      release();
      unregister(name);
    });
    await ending;
  };
  const kill = async () => {
    if (!hasEnded(node.child)) await node.kill();
    await gone(processes);
  };
  const halt = async () => {
    await terminate(node);
    // Its epmd is left.
    if (processes().length > 0) await node.kill();
    await gone(processes);
  };
  const restart = async (timeout = startTimeout) => {
    if (ending !== undefined) throw new Error(`RabbitMQ ${name} was stopped`);
    const releaseLast = release;
    node = launch();
    release = keep(node.ending);
    releaseLast();
    await waitUntilReady(timeout);
  };

  try {
    const version = await waitUntilReady(startTimeout);
    return { name, port, version, logPath, ctl: node.ctl, processes, stop, kill, halt, restart };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function ready(
  node: Node,
  settings: Settings,
  { timeout, proxyProtocol }: { readonly timeout: number; readonly proxyProtocol: boolean },
): Promise<string> {
  let reason: unknown;
  const version = await until(async () => {
    try {
      return hasEnded(node.child) ? 'ended' : await greet(settings.port, { proxyProtocol });
    } catch (error) {
      reason = error;
      return undefined;
    }
  }, timeout);
  if (version === undefined || version === 'ended') {
    const what = version === 'ended' ? 'exited during startup' : `did not accept AMQP within ${timeout} ms`;
    throw new Error(`RabbitMQ ${settings.name} ${what}. Its output:\n${firstErrors(settings.directory)}`, {
      cause: reason,
    });
  }
  // RabbitMQ logs the end of this connection a moment later; that line must not appear in a spec's part of the log.
  await new RabbitmqLog(settings.logPath).waitFor(/closing AMQP connection [^\n]*\n[^\n]*\n/);
  return version;
}

async function terminate(node: Node): Promise<void> {
  node.child.kill('SIGTERM');
  await until(() => hasEnded(node.child), stopTimeout);
}

async function shutDown(node: Node, processes: () => string[]): Promise<void> {
  await terminate(node);
  await run(node.ending);
  await gone(processes);
}

async function gone(processes: () => string[]): Promise<void> {
  if (await until(() => processes().length === 0, stopTimeout)) return;
  throw new Error(`a RabbitMQ is still running after SIGKILL:\n${processes().join('\n')}`);
}

/** RabbitMQ's output ends with pages of crash reports; the first errors give the cause. */
function firstErrors(directory: string): string {
  const lines = readFileSync(join(directory, 'console'), 'utf8').split('\n');
  const errors = lines.filter((line) => line.includes('[error]'));
  return (errors.length > 0 ? errors.slice(0, 15) : lines.slice(-15)).join('\n');
}
