import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { SecureContext } from 'node:tls';
import { ConfigError } from '../errors.js';
import { tls } from './node-tls.js';

/** Paths of PEM files; null if not used. `cert` and `key` are set together. */
export type CredentialFiles = { readonly cert: string | null; readonly key: string | null; readonly ca: string | null };

type Kind = keyof CredentialFiles;
type Texts = { readonly [kind in Kind]: string | null };

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

const PLAIN: Readonly<Record<string, string>> = {
  ENOENT: 'file not found',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
};

/** The certificate, key and CA for TLS, read from files that can be reloaded. */
export class Credentials {
  readonly files: CredentialFiles;
  private readonly nameOf: (kind: Kind) => string;
  private texts: Texts;
  private context: SecureContext;
  private authoritiesOf: readonly string[] = [];

  /**
   * @param nameOf the name of a file in messages: `tls.cert of proxy amqp`
   * @throws ConfigError with one line per unusable file
   */
  constructor(files: CredentialFiles, nameOf: (kind: Kind) => string) {
    this.files = files;
    this.nameOf = nameOf;
    this.texts = this.read();
    this.context = this.secure(this.texts);
  }

  get secureContext(): SecureContext {
    return this.context;
  }

  /** Whether the certificate is that of a CA, which may sign others. */
  get isAuthority(): boolean {
    const { cert } = this.texts;
    return cert !== null && new X509Certificate(cert).ca;
  }

  get authorities(): readonly string[] {
    return this.authoritiesOf;
  }

  /**
   * Reads the files again.
   *
   * @returns whether they had changed
   * @throws ConfigError like the constructor; the previous credentials stay in use
   */
  reload(): boolean {
    const texts = this.read();
    if (texts.cert === this.texts.cert && texts.key === this.texts.key && texts.ca === this.texts.ca) return false;
    this.context = this.secure(texts);
    this.texts = texts;
    return true;
  }

  private read(): Texts {
    const problems: string[] = [];
    const read = (kind: Kind): string | null => {
      const file = this.files[kind];
      if (file === null) return null;
      try {
        return readFileSync(file, 'utf8');
      } catch (error) {
        const { code = '', message } = error as NodeJS.ErrnoException;
        problems.push(this.problem(kind, 'a readable file', PLAIN[code] ?? message));
        return null;
      }
    };
    const texts = { cert: read('cert'), key: read('key'), ca: read('ca') };
    if (problems.length > 0) throw new ConfigError(problems);
    return texts;
  }

  private secure({ cert, key, ca }: Texts): SecureContext {
    const problems: string[] = [];
    const certificate = cert === null ? null : this.certificates('cert', cert, problems)[0];
    const authorities = ca === null ? [] : this.certificates('ca', ca, problems).map(String);
    if (key !== null) {
      const privateKey = attempt(() => createPrivateKey(key));
      if (privateKey === undefined) problems.push(this.problem('key', 'a private key as PEM, without a passphrase'));
      else if (certificate && !certificate.checkPrivateKey(privateKey)) {
        problems.push(this.problem('key', `the key of the certificate in "${this.files.cert}"`));
      }
    }
    if (problems.length > 0) throw new ConfigError(problems);
    try {
      const context = tls().createSecureContext({
        ...(cert === null ? {} : { cert }),
        ...(key === null ? {} : { key }),
        ...(ca === null ? {} : { ca: authorities }),
      });
      this.authoritiesOf = authorities;
      return context;
    } catch (error) {
      // For example, a key that is too short for this OpenSSL.
      throw new ConfigError(this.problem(cert === null ? 'ca' : 'cert', 'usable', (error as Error).message));
    }
  }

  private certificates(kind: Kind, text: string, problems: string[]): X509Certificate[] {
    const blocks = text.match(CERTIFICATE) ?? [];
    const certificates = blocks.flatMap((block) => attempt(() => new X509Certificate(block)) ?? []);
    if (blocks.length === 0 || certificates.length < blocks.length) {
      problems.push(this.problem(kind, kind === 'ca' ? 'certificates as PEM' : 'a certificate as PEM'));
    }
    return certificates;
  }

  private problem(kind: Kind, rule: string, why?: string): string {
    return `${this.nameOf(kind)} must be ${rule}, not "${this.files[kind]}"${why === undefined ? '' : `: ${why}`}`;
  }
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
