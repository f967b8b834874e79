import { statSync } from 'node:fs';
import { CommandError } from '../support/command-error.js';
import { type Case, replay } from '../support/corpus.js';
import { RabbitmqLog } from '../support/rabbitmq/log.js';
import { greet } from '../support/rabbitmq/ready.js';
import type { Given } from './arguments.js';
import { byPort, parseLog } from './broker-log.js';
import { playFromPort } from './play-from-port.js';
import type { Subject } from './subject.js';
import { upToNow } from './up-to-now.js';

const SILENCE: Case = { name: 'silence', group: '', steps: [], watch: { ht: 1 } };
const HEALTH_CHECK: Case = { name: 'fin', group: '', steps: ['fin'], watch: 1000 };

/** Permitted deviation of a silent client's reset, in ms. */
const [EARLY, LATE] = [200, 500] as const;

/**
 * Checks a broker before the comparison: is it reachable, and do its version, timeout and log match the arguments?
 *
 * @throws CommandError when they do not
 */
export async function meet(given: Given, handshakeTimeout: number): Promise<Subject> {
  const { version: wanted, host, port, logPath } = given;
  const named = `${wanted}=${host}:${port}`;
  const version = await greet(port, { host }).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`${named}: no RabbitMQ answers: ${error.code ?? error.message}`);
  });
  if (version !== wanted && !version.startsWith(`${wanted}.`)) {
    throw new CommandError(`${named}: this broker is RabbitMQ ${version}`);
  }
  const silent = await replay(SILENCE, given, { handshakeTimeout, patience: 10_000 });
  if (silent.end === 'open' || silent.ms < handshakeTimeout - EARLY || silent.ms > handshakeTimeout + LATE) {
    const seen = silent.end === 'open' ? 'was not reset' : `was reset after ${Math.round(silent.ms)} ms`;
    throw new CommandError(
      `${named}: --handshake-timeout is ${handshakeTimeout} ms, but a silent client ${seen}; set it to the broker’s handshake_timeout`,
    );
  }
  const subject: Subject = {
    host,
    port,
    version,
    handshakeTimeout,
    tls: given.tls,
    pid: given.pid,
    log: logPath === undefined ? undefined : open(logPath),
  };
  if (subject.log) await checkLevel(subject, subject.log, named);
  return subject;
}

function open(path: string): RabbitmqLog {
  try {
    statSync(path);
  } catch (error) {
    throw new CommandError(`--log: cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
  return new RabbitmqLog(path);
}

/** Health checks are logged at level debug only. */
async function checkLevel(subject: Subject, log: RabbitmqLog, named: string): Promise<void> {
  const { handshakeTimeout } = subject;
  const mark = log.mark();
  const { port } = await playFromPort(HEALTH_CHECK, subject, handshakeTimeout);
  const entries = byPort(parseLog(await upToNow(subject, mark))).get(port) ?? [];
  if (entries.length === 0) {
    throw new CommandError(
      `${named}: ${log.path} is not at level debug; set log.file.level = debug and log.connection.level = debug`,
    );
  }
}
