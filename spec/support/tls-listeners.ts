import { readFileSync } from 'node:fs';

/** What a client does: it sends octets (hex), waits (ms), or closes. */
export type TlsStep = { readonly send: string } | { readonly wait: number } | 'fin' | 'rst';

/** How a broker's TLS listener answered. `hello`: a ServerHello, with the unencrypted alert after it, if there is one. */
export type TlsOutcome = {
  readonly received: string;
  readonly end: 'fin' | 'rst' | 'client-rst';
  /** When it closed: 0 is at once. ms */
  readonly at: 0 | 5000;
  /** The lines of its log, without time and process id. CLIENT is the client's address. */
  readonly log: readonly string[];
};

export type TlsCase = {
  readonly name: string;
  readonly steps: readonly TlsStep[];
  readonly outcomes: { readonly [version: string]: TlsOutcome };
};

/** Clients without a good TLS handshake, as the TLS listeners of real brokers answered them. */
export const tlsListeners = JSON.parse(readFileSync('spec/fixtures/tls-listeners.json', 'utf8')) as {
  readonly about: string;
  readonly cases: readonly TlsCase[];
};
