import type { Clock } from '../../clock.js';
import type { Decisions } from '../../faults/decisions.js';
import type { Setting } from '../../faults/handshake/fault-actions.js';
import type { KnownOfGate } from '../../faults/handshake/knowledge.js';
import type { LiveFault } from '../../faults/live-fault.js';
import type { ProxyFaults } from '../../faults/proxy-faults.js';
import type { FaultRecord } from './fault-record.js';

/** What a faulted client needs, and what it is connected to. */
export type FaultedClientOptions = {
  readonly faults: ProxyFaults;
  readonly clock: Clock;
  readonly setting: Setting;
  /** The connection's number at its proxy. */
  readonly connection: number;
  /** The client's IP address. */
  readonly source: string | null;
  /** When it was accepted, in `Clock.ticks`. */
  readonly acceptedAt: number;
  /** Whether an upstream was dialed. */
  readonly hasUpstream: () => boolean;
  readonly decisions: Decisions;
  readonly record: FaultRecord;
  /** A fault for this connection alone. */
  readonly own: LiveFault | undefined;
  /** Called when octets have arrived from the client, before any fault acts. */
  readonly heard: () => void;
  /** Called when a fault begins to keep the client waiting, and when it no longer does. */
  readonly holding: (isHolding: boolean) => void;
  /** Called when a fault has ended the connection for the client. */
  readonly ended: () => void;
  /** Whether a fault of the proxy has acted on the connection or can still act. */
  readonly canAct: (known: KnownOfGate) => boolean;
  /** Called when none can, and nothing is held back: the client below has the listener again. */
  readonly steppedAside: () => void;
};
