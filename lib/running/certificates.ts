import type { ProxyConfig } from '../config/schema.js';
import { ConfigError } from '../errors.js';
import type { Log } from '../report/log.js';
import { type CredentialFiles, Credentials } from '../tls/credentials.js';
import type { Origination, Termination } from '../tls/tls-settings.js';
import { watchFile } from './watch-file.js';

type Section = 'tls' | 'upstreamTls';
type Kept = { readonly credentials: Credentials; readonly unwatch: () => void };

/** The certificates of all proxies, read again when their files change. */
export class Certificates {
  private readonly log: Log;
  private kept = new Map<string, Kept>();

  constructor(log: Log) {
    this.log = log;
  }

  /**
   * What a proxy does TLS with.
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

  /** Forgets what none of these proxies uses. */
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
      // The config is read again, and so are the files.
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
      this.log.say('error', `${name}: the new files of ${section} are not used, and the old ones stay: ${problem}`);
    }
  }
}

const keyOf = (config: ProxyConfig, section: Section): string =>
  JSON.stringify([config.name, section, filesOf(config, section)]);

function filesOf(config: ProxyConfig, section: Section): CredentialFiles {
  const { cert = null, key = null, ca = null } = config[section] ?? {};
  // What Node.js trusts by itself is in no file.
  return { cert, key, ca: ca === 'system' ? null : ca };
}
