/** What is wrong with a certificate. */
export const CERTIFICATE_PROBLEMS = ['expired', 'not_yet_valid', 'other_host', 'unknown_ca'] as const;

export type CertificateProblem = (typeof CERTIFICATE_PROBLEMS)[number];

/** Paths of a CA's certificate and private key, as PEM. */
export type CaFiles = { readonly cert: string; readonly key: string };
