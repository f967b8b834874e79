import type { ConnectionClose } from '../../amqp/conversation.js';
import { type Handshake, NOTHING_SAID } from '../../amqp/handshake.js';
import { HEADER_LENGTH, quadOf } from '../../amqp/header.js';
import type { Reason } from '../../amqp/reason.js';
import { replyName } from '../../amqp/reply-code.js';
import { acceptDelayOf, delaysAccept, limitOf } from '../../faults/accept/acceptance.js';
import type { Known } from '../../faults/choice.js';
import { Decisions } from '../../faults/decisions.js';
import { actsOnOctets } from '../../faults/fault.js';
import type { KnownOfGate } from '../../faults/handshake/knowledge.js';
import type { LiveFault } from '../../faults/live-fault.js';
import type { Moment } from '../../faults/moment.js';
import type { ProxyFaults } from '../../faults/proxy-faults.js';
import type { FaultHit, Report } from '../../report/report.js';
import type { Outcome } from '../outcome.js';
import { FaultRecord } from './fault-record.js';
import { IdleFaults } from './idle-faults.js';

const NO_HITS: Report['faults'] = [];
const NOTHING_EXPLAINED: Report['explained'] = [];

const NOTHING_KNOWN: KnownOfGate = { moment: 'accept', header: null, product: null, user: null, vhost: null };

/** The faults of one connection: what was decided about them, and what they did. */
export class ConnectionFaults {
  /** The connection's number at its proxy, from 1. */
  readonly number: number;
  private readonly faults: ProxyFaults;
  private readonly acted: (hit: FaultHit) => void;
  /** Created with the first fault. */
  private madeDecisions: Decisions | undefined;
  private madeRecord: FaultRecord | undefined;
  private delaying: readonly LiveFault[] = [];
  private idle: IdleFaults | undefined;
  private source: string | null = null;
  /** The last moment that was reached while no fault was in front of the connection. */
  private moment: Moment = 'accept';

  /** @param acted called for each fault that acts */
  constructor(faults: ProxyFaults, acted: (hit: FaultHit) => void) {
    this.faults = faults;
    this.acted = acted;
    faults.connections += 1;
    this.number = faults.connections;
  }

  get decisions(): Decisions {
    this.madeDecisions ??= new Decisions(this.faults.list);
    return this.madeDecisions;
  }

  get record(): FaultRecord {
    this.madeRecord ??= new FaultRecord(this.acted);
    return this.madeRecord;
  }

  /** The faults that limit new connections, and this one too, unless a token is left for it. @param source the client's IP address */
  limits(source: string | null): readonly LiveFault[] {
    const limiting = this.faults.active.filter(({ fault }) => limitOf(fault) !== null);
    if (limiting.length === 0) return limiting;
    this.source = source;
    const known = this.knows(NOTHING_KNOWN);
    return limiting.filter((live) => this.decisions.canAct(live, known));
  }

  /** A limit is exceeded: its fault acts. @param isEnd whether it ends the connection */
  exceeds(live: LiveFault, isEnd: boolean): void {
    this.decisions.decide(live, this.knows(NOTHING_KNOWN));
    this.record.add(live.id, live.fault, 'accept');
    if (isEnd) this.record.endedBy(live.id, { imitates: null, connectionClose: null });
  }

  /** Whether a fault still applies. */
  isActive(live: LiveFault): boolean {
    return this.faults.active.includes(live);
  }

  /** Decides whether a fault acts before anything is read inside TLS. @param source the client's IP address */
  decideEarly(live: LiveFault, source: string | null): boolean {
    this.source = source;
    return this.decisions.decide(live, this.knows(NOTHING_KNOWN)) === 'acts';
  }

  /** How long faults delay the first read of the connection, in ms. @param source the client's IP address */
  acceptDelay(source: string | null): number {
    const delaying = this.faults.active.filter(({ fault }) => delaysAccept(fault));
    if (delaying.length === 0) return 0;
    this.source = source;
    const known = this.knows(NOTHING_KNOWN);
    const acting = delaying.filter((live) => this.decisions.decide(live, known) === 'acts');
    for (const { id, fault } of acting) this.record.add(id, fault, 'accept');
    this.delaying = acting;
    return this.delayOf(acting);
  }

  /** The same with the faults as they are now: those that were removed delay nothing any more. */
  get acceptDelayNow(): number {
    const { active } = this.faults;
    return this.delayOf(this.delaying.filter((live) => active.includes(live)));
  }

  private delayOf(acting: readonly LiveFault[]): number {
    const { list } = this.faults;
    return acceptDelayOf(acting.map((live) => ({ type: live.fault.type, attributes: list.valuesOf(live) })));
  }

  /**
   * Whether any fault has acted on the octets of the connection, or can still act. If not, none is put in front of it.
   *
   * @param source the client's IP address
   */
  canAct(source: string | null, known: KnownOfGate = NOTHING_KNOWN): boolean {
    const faults = this.faults.active.filter(({ fault }) => actsOnOctets(fault));
    if (faults.length === 0 && this.idle === undefined) return false;
    this.source = source;
    const now = this.knows(known);
    const canAct = faults.some((live) => this.decisions.canAct(live, now));
    this.idle ??= new IdleFaults(this.decisions);
    this.idle.set(canAct ? [] : faults, now);
    return canAct;
  }

  /** The client has sent these octets of its header. */
  sawHeader(octets: Uint8Array): void {
    if (octets.length === HEADER_LENGTH) this.moment = 'header';
    if (this.idle === undefined || this.idle.isEmpty) return;
    this.idle.reached('header', () => this.knows(this.knownFrom(NOTHING_SAID, octets)), octets.length);
  }

  /** A moment after the header has been reached. */
  reached(moment: Moment, handshake: Handshake, header: Uint8Array): void {
    this.moment = moment;
    if (this.idle === undefined || this.idle.isEmpty) return;
    this.idle.reached(moment, () => this.knows(this.knownFrom(handshake, header)));
  }

  /** What is known of the connection while no fault is in front of it. */
  knownFrom({ product, user, vhost }: Handshake, header: Uint8Array): KnownOfGate {
    return { moment: this.moment, header: quadOf(header) ?? null, product, user, vhost };
  }

  private knows(known: KnownOfGate): Known {
    const { moment, header, product, user, vhost } = known;
    // Not a spread, which is slow in Node.js 20.
    return { moment, header, product, user, vhost, connection: this.number, source: this.source };
  }

  get hits(): Report['faults'] {
    return this.madeRecord?.hits ?? NO_HITS;
  }

  /** What `hits` and `explained` leave out. */
  get omitted(): Report['omitted'] {
    const { omitted: faults = 0 } = this.madeRecord ?? {};
    const { omitted: explained = 0 } = this.madeDecisions ?? {};
    return faults + explained === 0 ? null : { faults, explained };
  }

  get explained(): Report['explained'] {
    return this.madeDecisions?.explained ?? NOTHING_EXPLAINED;
  }

  /** Whether a fault has ended the connection. */
  get haveEndedIt(): boolean {
    return this.end !== null;
  }

  /** The fault that ended the connection, or else the last one that acted. */
  get last(): FaultHit | null {
    return this.end?.hit ?? this.madeRecord?.last ?? null;
  }

  /** The Connection.Close that a fault sent to the client. */
  get connectionClose(): ConnectionClose | null {
    const close = this.end?.connectionClose;
    return close ? { by: 'proxy', code: close.code, name: replyName(close.code) ?? null, text: close.text } : null;
  }

  /** The outcome when a fault has ended the connection. */
  get outcome(): Outcome {
    const { end } = this;
    const reason: Reason =
      end?.imitates ??
      (end?.connectionClose
        ? { name: 'connection_closed', error: null }
        : { name: 'fault', fault: end?.hit.name ?? '', type: end?.hit.type ?? '', at: end?.hit.at ?? '' });
    return { decision: 'fault', reason, inferred: false, by: 'proxy' };
  }

  private get end() {
    return this.madeRecord?.end ?? null;
  }
}
