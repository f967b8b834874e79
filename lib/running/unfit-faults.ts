import type { ProxyConfig } from '../config/schema.js';
import { ConfigError } from '../errors.js';
import { type Fault, faultId, needsTls } from '../faults/fault.js';
import { Credentials } from '../tls/credentials.js';

type Proxy = Pick<ProxyConfig, 'name' | 'tls'>;

/** Finds the faults that their proxies cannot apply: those that act inside TLS, where a proxy has no `tls`. */
export class UnfitFaults {
  /** The names of the proxies with `tls`. */
  private secured: ReadonlySet<string>;

  constructor(proxies: readonly Proxy[]) {
    this.secured = securedOf(proxies);
  }

  /**
   * Takes over the proxies of another config.
   *
   * @param faults those that stay
   * @returns a function that undoes it
   * @throws ConfigError when one of them needs TLS, which its proxy no longer has; then nothing has changed
   */
  apply(proxies: readonly Proxy[], faults: readonly Fault[]): () => void {
    const before = this.secured;
    const after = securedOf(proxies);
    const lost = faults.filter(({ proxy }) => before.has(proxy));
    const problems = lost.flatMap((fault) => plainProblem(fault, after));
    if (problems.length > 0) throw new ConfigError(problems);
    this.secured = after;
    return () => {
      this.secured = before;
    };
  }

  /** Returns a message for each fault that its proxy cannot apply. Reads the files of a fault. */
  readonly problemsOf = (faults: readonly Fault[]): readonly string[] =>
    faults.flatMap((fault) => [...plainProblem(fault, this.secured), ...fileProblems(fault)]);
}

const securedOf = (proxies: readonly Proxy[]): ReadonlySet<string> =>
  new Set(proxies.flatMap(({ name, tls }) => (tls === null ? [] : name)));

function plainProblem(fault: Fault, secured: ReadonlySet<string>): string[] {
  const what = needsTls(fault);
  if (what === null || secured.has(fault.proxy)) return [];
  return [`${what} of fault "${faultId(fault)}" needs a proxy with tls, and proxy "${fault.proxy}" has none`];
}

/** The files of the CA that signs the certificates of `tls_certificate`. */
function fileProblems(fault: Fault): readonly string[] {
  const { ca_cert: cert, ca_key: key } = fault.attributes;
  if (typeof cert !== 'string' || typeof key !== 'string') return [];
  try {
    const nameOf = (kind: string): string => `ca_${kind} of fault "${faultId(fault)}"`;
    const { isAuthority } = new Credentials({ cert, key, ca: null }, nameOf);
    return isAuthority ? [] : [`${nameOf('cert')} must be the certificate of a CA, not "${cert}"`];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
}
