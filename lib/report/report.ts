import type { ConnectionClose } from '../amqp/conversation.js';
import type { DescribedReason } from '../amqp/describe-reason.js';
import type { Handshake } from '../amqp/handshake.js';
import type { LooksLike } from '../amqp/looks-like.js';
import type { Stage } from '../amqp/stage.js';
import type { Close } from '../close.js';

/** A fault that acted on a connection. */
export type FaultHit = {
  /** `PROXY/NAME` */
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** The moment at which it acted. */
  readonly at: string;
};

/** The one record of a connection, made when it ends. Times are in ms; `at` is ISO 8601, the moment of accept. */
export type Report = {
  readonly id: string;
  readonly proxy: string;
  readonly at: string;
  readonly durationMs: number;
  readonly client: string | null;
  /** The balancer, if it told the client's address in a PROXY header. */
  readonly via: string | null;
  readonly listen: string;
  /** What was dialled, or `stand-in`; null if nothing was. */
  readonly upstream: string | null;
  readonly decision: 'forward' | 'refuse' | 'fault' | 'none';
  readonly stage: Stage;
  readonly dialect: string;
  /** `inferred`: only the broker can know, and this is what the wire says. */
  readonly reason: DescribedReason & { readonly inferred: boolean };
  readonly looksLike: LooksLike | null;
  /** PROXY LOCAL, no data ended by the client, or a good header that the client ended before Start-Ok. */
  readonly healthCheck: boolean;
  readonly header: { readonly hex: string; readonly text: string };
  readonly ended: {
    /** Who closed TCP first. */
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
    readonly openMs: number | null;
  };
  readonly handshake: Handshake | null;
  /** The first Close that passed. */
  readonly connectionClose: ConnectionClose | null;
  /** The fault that ended it, else the one that acted last. */
  readonly fault: FaultHit | null;
  /** All that acted, in order. */
  readonly faults: readonly FaultHit[];
  /** What was decided for each fault of the proxy, in a sentence. */
  readonly explained: readonly string[];
  /** The address that the client reached, as a PROXY header tells it. */
  readonly destination: string | null;
  /** Null for a client without TLS. */
  readonly tls: TlsSeen | null;
  /** Whose octets could not be read as frames, from some point on; they passed all the same. */
  readonly unreadable: 'client' | 'upstream' | null;
};

/** A connection that has not ended: what is known of it so far. */
export type OpenConnection = Pick<
  Report,
  'id' | 'proxy' | 'at' | 'client' | 'via' | 'listen' | 'upstream' | 'stage' | 'octets' | 'handshake'
> & {
  /** From and to the upstream; null if none was dialled. */
  readonly upstreamOctets: Report['octets'] | null;
};

/** What is known of a client's TLS: what it asked for, and whether it ended here. */
export type TlsSeen = {
  /** What was agreed on, null if it came to that never; of TLS that passed through, the highest that the client offered. */
  readonly version: string | null;
  /** The host that the client wanted (SNI). */
  readonly servername: string | null;
  /** The protocols that the client offered (ALPN). */
  readonly alpn: readonly string[];
  /** The proxy speaks TLS itself here; what stands in the report besides is what was inside. */
  readonly terminated: boolean;
};
