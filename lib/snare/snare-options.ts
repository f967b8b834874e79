import { effectiveSchema } from '../config/schema.js';
import { RabbitSnareError } from '../errors.js';
import type { FaultInput } from '../faults/fault.js';
import type { HealthChecksInput } from '../health-check/health-checks.js';
import { formatPath } from '../text/key-path.js';

/** Options of `createSnare`; all are optional. */
export type SnareOptions = {
  /** The broker, `HOST:PORT`, or `stand-in`: the built-in upstream that speaks only the handshake. @defaultValue stand-in */
  readonly upstream?: string;
  /** The address to listen on. @defaultValue `127.0.0.1:0`, which picks a free port */
  readonly listen?: string;
  /** Whether the port is refused while the upstream cannot be connected to. @defaultValue false */
  readonly mirrorUpstream?: boolean;
  /** Whether bad protocol headers are refused or only reported. @defaultValue guard */
  readonly mode?: 'guard' | 'observe';
  /** The RabbitMQ version to imitate, or `auto` to learn it from the broker. @defaultValue auto */
  readonly dialect?: string;
  /** How health checks are answered: a word or a list of rules. See docs/health-checks.md. @defaultValue forward */
  readonly healthChecks?: HealthChecksInput;
  /** Files, as PEM: clients must use TLS; with `ca`, they must present a certificate. @defaultValue none: plain TCP */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
  /** How refused connections are closed. @defaultValue rst */
  readonly close?: 'fin' | 'rst';
  /** Time for the handshake, in ms. @defaultValue 10000 */
  readonly handshakeTimeout?: number;
  /** Random seed. @defaultValue a random one; see `Snare.seed` */
  readonly seed?: number;
  /** Faults to add before the proxy listens. */
  readonly faults?: readonly FaultInput[];
};

/**
 * Returns the settings of the proxy, complete and valid, as the only one of a config.
 *
 * @param name the name of the proxy
 * @throws RabbitSnareError ERR_CONFIG with a line for each option that is not valid
 */
export function readOptions(options: SnareOptions, name: string) {
  const { faults: _, seed: __, handshakeTimeout, mirrorUpstream = false, listen = '127.0.0.1:0', ...others } = options;
  const keys = {
    upstream: 'stand-in',
    listen,
    mirrorUpstream: String(mirrorUpstream),
    ...others,
    ...(handshakeTimeout !== undefined && { handshakeTimeout: `${handshakeTimeout}ms` }),
  };
  const { data, error } = effectiveSchema.safeParse({ proxies: [{ ...keys, name }] });
  if (data) return data.proxies;
  const problems = error.issues.map(({ path, message }) => `${formatPath(path.slice(2))} ${message}`);
  throw new RabbitSnareError('ERR_CONFIG', problems.join('\n'));
}
