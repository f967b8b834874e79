import type { FaultInput } from '../faults/fault.js';
import type { HealthChecksInput } from '../health-check/health-checks.js';

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
