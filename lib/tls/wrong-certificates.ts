import { readFile } from 'node:fs/promises';
import type { CaFiles, CertificateProblem } from './certificate-problem.js';
import type { Identity } from './make-certificate.js';
import { tls } from './node-tls.js';
import type { TlsCredentials } from './tls-settings.js';

/** Maximum certificates that are kept: the client chooses the host. */
const MOST = 100;

const kept = new Map<string, Promise<Identity>>();

/**
 * Returns credentials like the given ones, with a certificate that has a problem.
 *
 * @throws as `wrongCertificate`
 */
export async function wrongCredentials(
  problem: CertificateProblem,
  host: string,
  ca: CaFiles | null,
  { authorities = [] }: TlsCredentials,
): Promise<TlsCredentials> {
  const identity = await wrongCertificate(problem, host, ca);
  const trusted = authorities.length === 0 ? {} : { ca: [...authorities] };
  return { secureContext: tls().createSecureContext({ ...identity, ...trusted }), authorities };
}

/**
 * Returns a certificate with a problem. Made at the first use for its host, problem and CA, and then kept.
 *
 * @param ca read again each time, so that changed files apply; null: the certificate is signed by a CA that nobody trusts
 * @throws Error if the files of the CA cannot be used
 */
export async function wrongCertificate(
  problem: CertificateProblem,
  host: string,
  ca: CaFiles | null,
): Promise<Identity> {
  const [cert, key] = ca === null ? [] : await Promise.all([readFile(ca.cert, 'utf8'), readFile(ca.key, 'utf8')]);
  const id = JSON.stringify([problem, host, cert, key]);
  const known = kept.get(id);
  if (known !== undefined) return known;
  if (kept.size >= MOST) kept.clear();
  // Its libraries are larger than the rest of the program, and few processes need them.
  const authority = cert === undefined || key === undefined ? null : { cert, key };
  const made = import('./make-certificate.js').then(({ makeCertificate }) =>
    makeCertificate(problem, host, authority, Date.now()),
  );
  kept.set(id, made);
  made.catch(() => kept.delete(id));
  return made;
}
