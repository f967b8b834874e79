import { sequence } from '../../faults/chance.js';
import type { Known } from '../../faults/choice.js';
import type { Decisions } from '../../faults/decisions.js';
import { actsWhileOpen } from '../../faults/fault.js';
import type { GateOptions } from '../../faults/handshake/fault-runner.js';
import type { KnownOfGate } from '../../faults/handshake/knowledge.js';
import type { LiveFault } from '../../faults/live-fault.js';
import type { ProxyFaults } from '../../faults/proxy-faults.js';
import { valuesAt } from '../../faults/values.js';

/** The faults that may act on one connection: those of its proxy, and those for this connection alone. */
export class ActingFaults {
  active: readonly LiveFault[] = [];
  private readonly own: LiveFault[];
  private readonly faults: ProxyFaults;
  private readonly decisions: Decisions;
  private readonly connection: number;
  private readonly source: string | null;

  /** @param options `connection`: the connection's number at its proxy; `source`: the client's IP address; `own`: see `add` */
  constructor(options: {
    readonly faults: ProxyFaults;
    readonly decisions: Decisions;
    readonly connection: number;
    readonly source: string | null;
    readonly own: LiveFault | undefined;
  }) {
    this.own = options.own ? [options.own] : [];
    this.faults = options.faults;
    this.decisions = options.decisions;
    this.connection = options.connection;
    this.source = options.source;
  }

  /** Takes over the faults that the proxy has now. */
  refresh(): void {
    this.active = [...this.faults.active, ...this.own];
  }

  /** Adds a fault for this connection alone. */
  add(fault: LiveFault): void {
    this.own.push(fault);
  }

  /** Whether it has faults for this connection alone. */
  get hasOwn(): boolean {
    return this.own.length > 0;
  }

  /**
   * The faults of the proxy on which was decided before they were in front of the connection. Not those that have acted on it while
   * it was open: they were undone since, by the end of a window or a switch, and act again.
   */
  get decided(): LiveFault['fault'][] {
    const { decisions } = this;
    return this.faults.active
      .filter((live) => decisions.has(live) && !(decisions.hasActed(live) && actsWhileOpen(live.fault)))
      .map(({ fault }) => fault);
  }

  find(id: string): LiveFault | undefined {
    return this.active.find((live) => live.id === id);
  }

  /** What conditions of faults are decided by. */
  known(known: KnownOfGate): Known {
    return { ...known, connection: this.connection, source: this.source };
  }

  // What the gate asks for.
  readonly valuesOf: GateOptions['valuesOf'] = (fault) => {
    const live = this.active.find((each) => each.fault === fault);
    return live === undefined ? valuesAt(fault, 0) : this.faults.list.valuesOf(live);
  };

  readonly random: GateOptions['random'] = ({ proxy, name }) =>
    sequence({ seed: this.faults.list.seed, proxy, name, connection: this.connection });

  readonly decide: GateOptions['decide'] = (fault, known) => {
    const live = this.active.find((each) => each.fault === fault);
    return live === undefined ? 'never' : this.decisions.decide(live, this.known(known));
  };
}
