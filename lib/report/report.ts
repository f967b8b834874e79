import type { ConnectionClose } from '../amqp/conversation.js';
import type { DescribedReason } from '../amqp/describe-reason.js';
import type { Handshake } from '../amqp/handshake.js';
import type { LooksLike } from '../amqp/looks-like.js';
import type { Stage } from '../amqp/stage.js';
import type { Close } from '../close.js';
import type { NamedGuess } from '../health-check/guess.js';
import type { HealthCheckStyle } from '../health-check/style.js';
import type { Accepted } from './timeline.js';

/** A fault that acted on a connection. */
export type FaultHit = {
  /** `PROXY/NAME` */
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** The moment at which it acted. */
  readonly at: string;
};

/**
 * The one record of a connection, made when it ends. Times are in ms; `at` is when it was accepted (ISO 8601). Each key also has
 * an entry in `REPORT_FIELDS`, and docs/reports.md describes all of them.
 */
export type Report = {
  readonly id: string;
  readonly proxy: string;
  readonly at: string;
  readonly durationMs: number;
  readonly client: string | null;
  /** The load balancer, if it sent the client's address in a PROXY header. */
  readonly via: string | null;
  readonly listen: string;
  /** The address that was dialed, or `stand-in`; null if nothing was dialed. */
  readonly upstream: string | null;
  readonly decision: 'forward' | 'refuse' | 'fault' | 'none';
  readonly stage: Stage;
  readonly dialect: string;
  /** `inferred`: only the broker can know the reason, and it was inferred from the traffic. */
  readonly reason: DescribedReason & { readonly inferred: boolean };
  readonly looksLike: LooksLike | null;
  /**
   * PROXY LOCAL, no data before the client closed, a good header that the client closed before Start-Ok, or a check that was
   * recognized because it repeats.
   */
  readonly healthCheck: boolean;
  readonly header: { readonly hex: string; readonly text: string };
  readonly ended: {
    /** The side that closed TCP first. */
    readonly by: 'client' | 'upstream' | 'proxy';
    readonly clientSent: Close | null;
    readonly clientSaw: Close | null;
    readonly upstreamSent: Close | null;
    readonly upstreamSaw: Close | null;
  };
  readonly octets: { readonly received: number; readonly sent: number };
  readonly timing: {
    readonly headerMs: number | null;
    readonly upstreamConnectMs: number | null;
    readonly startMs: number | null;
    readonly tuneMs: number | null;
    readonly tuneOkMs: number | null;
    readonly openMs: number | null;
  };
  readonly handshake: Handshake | null;
  /** The first AMQP Close that passed. */
  readonly connectionClose: ConnectionClose | null;
  /** The fault that ended the connection, or else the last one that acted. */
  readonly fault: FaultHit | null;
  /** The first 100 faults that acted, in order. */
  readonly faults: readonly FaultHit[];
  /** For each fault of the proxy, one sentence that says whether it acted, and why: the first 100. */
  readonly explained: readonly string[];
  /** How many entries `faults` and `explained` do not have because of their limits; null if they are complete. */
  readonly omitted: { readonly faults: number; readonly explained: number } | null;
  /** The address that the client connected to, according to a PROXY header. */
  readonly destination: string | null;
  /** Null for a client without TLS. */
  readonly tls: TlsSeen | null;
  /** The side whose octets could not be parsed as frames after some point. They were relayed anyway. */
  readonly unreadable: 'client' | 'upstream' | null;
  /** The IP address and port that was dialed, of several the last; null if there was none. */
  readonly upstreamAddress: string | null;
  /** What the connection did, if that is the pattern of a health check. Whether it is one is in `healthCheck`. */
  readonly healthCheckStyle: HealthCheckStyle | null;
  /** What makes such connections, judging by this and earlier ones from the same source; null if nothing known does. */
  readonly healthCheckOf: NamedGuess | null;
  /** What the setting `healthChecks` did with the connection; null: nothing. */
  readonly healthCheckAnswer: 'local' | 'fail' | null;
};

/** What is known so far about a connection that has not ended. */
export type OpenConnection = Pick<
  Report,
  'id' | 'proxy' | 'at' | 'client' | 'via' | 'listen' | 'upstream' | 'stage' | 'octets' | 'handshake'
> & {
  /** Octets from and to the upstream; null if none was dialed. */
  readonly upstreamOctets: Report['octets'] | null;
};

/** How far an open connection got. */
export type OpenNow = Accepted & { readonly proxy: string; readonly stage: Stage };

/** What is known about a client's TLS: what it asked for, and whether the proxy terminated it. */
export type TlsSeen = {
  /** The negotiated version, null if there is none; for TLS that passed through, the highest one offered. */
  readonly version: string | null;
  /** The host that the client asked for (SNI). */
  readonly servername: string | null;
  /** The protocols that the client offered (ALPN). */
  readonly alpn: readonly string[];
  /** Whether the proxy terminated TLS. If so, the rest of the report describes what was inside. */
  readonly terminated: boolean;
};
