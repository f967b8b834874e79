import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.js';
import { pemPath } from '../secure-wire.js';

/** What one node needs: its name, its ports, its directory. It shares nothing with other nodes. */
export interface Settings {
  /** Name of the Erlang node and of the container. */
  readonly name: string;
  readonly port: number;
  readonly epmdPort: number;
  /** Holds the configuration, the cookie, the data and the log. */
  readonly directory: string;
  readonly logPath: string;
  /** All variables that the node's scripts and `rabbitmqctl` read, except PATH. */
  readonly env: Readonly<Record<string, string>>;
}

export interface SettingsOptions {
  /** Lines of `rabbitmq.conf`; they override ours. */
  readonly conf?: Readonly<Record<string, string>>;
  /** @defaultValue a free port */
  readonly port?: number;
  /** An additional TLS port, with the certificate of spec/fixtures/tls; it requests no client certificate. */
  readonly tlsPort?: number;
  /** @defaultValue none */
  readonly plugins?: readonly string[];
  /** Address on which the node accepts AMQP. */
  readonly listen: string;
}

const loopbackOnly = '-kernel inet_dist_use_interface {127,0,0,1}';

/** Creates the directory of a new node and writes its configuration into it. */
export async function settingsOf(options: SettingsOptions): Promise<Settings> {
  const port = options.port ?? (await freePort());
  const epmdPort = await freePort();
  const distributionPort = await freePort();
  const name = `snare-${process.pid}-${port}`;
  const directory = mkdtempSync(join(tmpdir(), `${name}-`));
  const inside = (path: string) => join(directory, path);

  const conf = {
    'listeners.tcp.1': `${options.listen}:${port}`,
    loopback_users: 'none',
    'log.file': 'broker.log',
    'log.file.level': 'debug',
    'log.connection.level': 'debug',
    ...(options.tlsPort === undefined ? {} : tlsConf(`${options.listen}:${options.tlsPort}`, inside)),
    ...options.conf,
  };
  const lines = Object.entries(conf).map(([key, value]) => `${key} = ${value}\n`);
  writeFileSync(inside('rabbitmq.conf'), lines.join(''));
  writeFileSync(inside('enabled_plugins'), `[${(options.plugins ?? []).join(',')}].\n`);
  mkdirSync(inside('conf.d'));

  return {
    name,
    port,
    epmdPort,
    directory,
    logPath: inside('broker.log'),
    env: {
      HOME: directory,
      LANG: 'C.UTF-8',
      ERL_EPMD_ADDRESS: '127.0.0.1',
      ERL_EPMD_PORT: `${epmdPort}`,
      ERL_CRASH_DUMP_BYTES: '0',
      RABBITMQ_NODENAME: `${name}@localhost`,
      RABBITMQ_DIST_PORT: `${distributionPort}`,
      RABBITMQ_MNESIA_BASE: inside('data'),
      RABBITMQ_SCHEMA_DIR: inside('schema'),
      RABBITMQ_GENERATED_CONFIG_DIR: inside('config'),
      RABBITMQ_LOG_BASE: directory,
      RABBITMQ_LOGS: inside('broker.log'),
      RABBITMQ_PID_FILE: inside('pid'),
      RABBITMQ_ENABLED_PLUGINS_FILE: inside('enabled_plugins'),
      RABBITMQ_CONFIG_FILE: inside('rabbitmq.conf'),
      // The configuration of the machine or the image must not affect this node.
      RABBITMQ_CONFIG_FILES: inside('conf.d'),
      RABBITMQ_ADVANCED_CONFIG_FILE: inside('advanced.config'),
      RABBITMQ_CONF_ENV_FILE: inside('rabbitmq-env.conf'),
      // Idle schedulers that spin take CPU time from the specs.
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: `+sbwt none ${loopbackOnly}`,
      RABBITMQ_CTL_ERL_ARGS: loopbackOnly,
      // Allows as many rabbitmqctl processes at a time; the default is eleven on the whole machine.
      RABBITMQ_CTL_DIST_PORT_MIN: '35672',
      RABBITMQ_CTL_DIST_PORT_MAX: '36671',
    },
  };
}

/** Copies the files into the node's directory, the only one that it can read. */
function tlsConf(listen: string, inside: (path: string) => string): Record<string, string> {
  for (const name of ['ca', 'server', 'server-key']) copyFileSync(pemPath(name), inside(`${name}.pem`));
  return {
    'listeners.ssl.1': listen,
    'ssl_options.cacertfile': inside('ca.pem'),
    'ssl_options.certfile': inside('server.pem'),
    'ssl_options.keyfile': inside('server-key.pem'),
    'ssl_options.verify': 'verify_none',
  };
}
