import type { ProxyConfig } from '../config/schema.js';
import { ConfigError } from '../errors.js';
import type { Log } from '../report/log.js';
import { type CredentialFiles, Credentials } from '../tls/credentials.js';
import type { Origination, Termination } from '../tls/tls-settings.js';
import { watchFile } from './watch-file.js';

type Section = 'tls' | 'upstreamTls';
type Kept = { readonly credentials: Credentials; readonly unwatch: () => void };

/** The certificates of all proxies. Watches their files and reloads them when they change. */
export class Certificates {
  private readonly log: Log;
  private kept = new Map<string, Kept>();

  constructor(log: Log) {
    this.log = log;
  }

  /**
   * Returns the TLS settings of a proxy. Reads its files.
   *
   * @throws ConfigError that names each key and file that cannot be used
   */
  of(config: ProxyConfig): { readonly tls: Termination | null; readonly upstreamTls: Origination | null } {
    const { tls, upstreamTls } = config;
    return {
      tls: tls && { credentials: this.read(config, 'tls'), requestCert: tls.ca !== null },
      upstreamTls: upstreamTls && {
        credentials: this.read(config, 'upstreamTls'),
        servername: upstreamTls.servername,
      },
    };
  }

  /** Drops all certificates that none of these proxies uses. */
  retain(configs: readonly ProxyConfig[]): void {
    const used = new Set(configs.flatMap((config) => [keyOf(config, 'tls'), keyOf(config, 'upstreamTls')]));
    for (const [key, { unwatch }] of this.kept) {
      if (used.has(key)) continue;
      unwatch();
      this.kept.delete(key);
    }
  }

  close(): void {
    this.retain([]);
  }

  private read(config: ProxyConfig, section: Section): Credentials {
    const key = keyOf(config, section);
    const known = this.kept.get(key);
    if (known) {
      // A reload of the config also reloads the files.
      known.credentials.reload();
      return known.credentials;
    }
    const files = filesOf(config, section);
    const credentials = new Credentials(files, (kind) => `${section}.${kind} of proxy ${config.name}`);
    const changed = (): void => this.reload(config.name, section, credentials);
    const paths = Object.values(files).filter((path) => path !== null);
    const watches = paths.map((path) => watchFile(path, changed));
    const unwatch = (): void => {
      for (const end of watches) end();
    };
    this.kept.set(key, { credentials, unwatch });
    return credentials;
  }

  private reload(name: string, section: Section, credentials: Credentials): void {
    try {
      if (credentials.reload()) this.log.say('info', `${name}: new connections use the new files of ${section}`);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const problem = error.message.replaceAll('\n', '; ');
      this.log.say(
        'error',
        `${name}: the new files of ${section} cannot be used, the previous ones stay in use: ${problem}`,
      );
    }
  }
}

const keyOf = (config: ProxyConfig, section: Section): string =>
  JSON.stringify([config.name, section, filesOf(config, section)]);

function filesOf(config: ProxyConfig, section: Section): CredentialFiles {
  const { cert = null, key = null, ca = null } = config[section] ?? {};
  // The CA certificates that Node.js trusts are not in a file.
  return { cert, key, ca: ca === 'system' ? null : ca };
}
