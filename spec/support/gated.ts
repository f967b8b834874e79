import { dialectOf } from '../../lib/amqp/dialect.js';
import type { Close } from '../../lib/close.js';
import { sequence } from '../../lib/faults/chance.js';
import type { Fault } from '../../lib/faults/fault.js';
import type { Effect } from '../../lib/faults/handshake/effect.js';
import type { Setting, Side } from '../../lib/faults/handshake/fault-actions.js';
import type { GateOptions } from '../../lib/faults/handshake/fault-runner.js';
import { Gate } from '../../lib/faults/handshake/gate.js';
import { parseFault } from '../../lib/faults/parse-fault.js';
import { concat, hex } from './bytes.js';
import { ManualClock } from './manual-clock.js';

export const SETTING: Setting = {
  dialect: dialectOf('3.10.8'),
  close: 'rst',
  handshakeTimeout: 10_000,
  accepts: (header) => Buffer.from(header).equals(Buffer.from('AMQP\0\0\t\x01', 'latin1')),
};

const CHANCE = { seed: 1, proxy: 'amqp', name: 'here', connection: 1 };

/** A gate between two peers that record what they receive. */
export class Gated {
  readonly clock = new ManualClock();
  readonly gate: Gate;
  readonly got: Record<Side, Uint8Array[]> = { client: [], upstream: [] };
  readonly ended: Record<Side, Close[]> = { client: [], upstream: [] };
  readonly paused: Record<Side, boolean> = { client: false, upstream: false };
  readonly told: Effect[] = [];
  /** Chunks that passed without effects. */
  followed = 0;
  private readonly isFast: boolean;
  private readonly timers = new Map<number, ReturnType<ManualClock['start']>>();

  /** @param options `isFast`: whether octets that the gate only follows bypass its effects. @defaultValue true */
  constructor(
    faults: readonly object[],
    {
      isFast = true,
      ...options
    }: Partial<GateOptions> & { readonly setting?: Setting; readonly isFast?: boolean } = {},
  ) {
    this.isFast = isFast;
    this.gate = new Gate({ setting: SETTING, decide: () => 'acts', random: () => sequence(CHANCE), ...options });
    this.setFaults(...faults);
    this.apply(this.gate.accepted());
  }

  setFaults(...faults: readonly object[]): void {
    this.apply(this.gate.setFaults(faults.map((each) => fault(each))));
  }

  /** Bytes from a side, in a buffer that is reused. */
  from(side: Side, ...octets: readonly Uint8Array[]): this {
    for (const each of octets) {
      const buffer = Uint8Array.from(each);
      if (this.isFast && this.gate.follows(side, buffer)) {
        this.followed += 1;
        this.got[side === 'client' ? 'upstream' : 'client'].push(each);
      } else this.apply(this.gate.octets(side, buffer));
      buffer.fill(0xee);
    }
    return this;
  }

  end(side: Side, close: Close): this {
    this.apply(this.gate.ended(side, close));
    return this;
  }

  advance(ms: number): this {
    this.clock.advance(ms);
    return this;
  }

  /** What a side has received since the last call. */
  take(side: Side): Uint8Array {
    return concat(...this.got[side].splice(0));
  }

  /** The faults that acted, with their moments. */
  get acted(): readonly string[] {
    return this.told.flatMap((effect) => (effect.type === 'acted' ? [`${effect.fault} at ${effect.at}`] : []));
  }

  private apply(effects: readonly Effect[]): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'send':
          this.got[effect.to].push(Uint8Array.from(effect.octets));
          break;
        case 'end':
          this.ended[effect.side].push(effect.close);
          break;
        case 'pause':
        case 'resume':
          this.paused[effect.side] = effect.type === 'pause';
          break;
        case 'timer':
          this.timers.set(
            effect.id,
            this.clock.start(() => this.apply(this.gate.fired(effect.id)), effect.ms),
          );
          break;
        case 'cancel': {
          const timer = this.timers.get(effect.id);
          if (timer) this.clock.stop(timer);
          break;
        }
        default:
          this.told.push(effect);
      }
    }
  }
}

const faults = new Map<string, Fault>();

/** Returns the same object for the same fault. */
function fault(input: object): Fault {
  const key = JSON.stringify(input);
  const known = faults.get(key) ?? parseFault(input, { proxy: 'amqp' });
  faults.set(key, known);
  return known;
}

export const HEADER = hex('414d515000000901');
