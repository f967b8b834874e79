import type { Clock, Timer } from '../../clock.js';
import type { Effect } from '../../faults/handshake/effect.js';
import type { Side } from '../../faults/handshake/fault-actions.js';

type EffectOf<Type extends Effect['type']> = Extract<Effect, { type: Type }>;

/** What effects act on: the two sides of a connection, and the record of its faults. */
export interface EffectTarget {
  send(to: Side, octets: Uint8Array): void;
  end(effect: EffectOf<'end'>): void;
  pause(side: Side): void;
  resume(side: Side): void;
  /** A timer that an effect started is due. */
  fired(id: number): void;
  acted(effect: EffectOf<'acted'>): void;
  ended(effect: EffectOf<'ended'>): void;
}

/** Carries out the effects of a gate in order, including those that arise while others are carried out. */
export class EffectRunner {
  private readonly target: EffectTarget;
  private readonly clock: Clock;
  private readonly timers = new Map<number, Timer>();
  private readonly queue: Effect[] = [];
  /** Effects are being carried out. */
  isRunning = false;
  private isStopped = false;

  constructor(target: EffectTarget, clock: Clock) {
    this.target = target;
    this.clock = clock;
  }

  /** @returns whether these and all later effects have been carried out; false if that is the job of an earlier call */
  run(effects: readonly Effect[]): boolean {
    if (this.isRunning) {
      // The octets are valid only during this call, and these effects are carried out after it.
      for (const effect of effects) this.queue.push(copyOf(effect));
      return false;
    }
    for (const effect of effects) this.queue.push(effect);
    this.isRunning = true;
    for (let effect = this.queue.shift(); effect !== undefined; effect = this.queue.shift()) {
      if (!this.isStopped) this.perform(effect);
    }
    this.isRunning = false;
    return true;
  }

  /** Stops all timers. No effect is carried out any more. */
  stop(): void {
    this.isStopped = true;
    for (const id of [...this.timers.keys()]) this.cancel(id);
  }

  private perform(effect: Effect): void {
    const { target } = this;
    switch (effect.type) {
      case 'send':
        target.send(effect.to, effect.octets);
        break;
      case 'end':
        target.end(effect);
        break;
      case 'pause':
        target.pause(effect.side);
        break;
      case 'resume':
        target.resume(effect.side);
        break;
      case 'timer':
        this.start(effect);
        break;
      case 'cancel':
        this.cancel(effect.id);
        break;
      case 'acted':
        target.acted(effect);
        break;
      case 'ended':
        target.ended(effect);
        break;
      default:
        effect satisfies never;
    }
  }

  private start({ id, ms }: EffectOf<'timer'>): void {
    const fire = (): void => {
      this.timers.delete(id);
      this.target.fired(id);
    };
    this.timers.set(id, this.clock.start(fire, ms));
  }

  private cancel(id: number): void {
    const timer = this.timers.get(id);
    if (timer === undefined) return;
    this.clock.stop(timer);
    this.timers.delete(id);
  }
}

function copyOf(effect: Effect): Effect {
  return effect.type === 'send' ? { ...effect, octets: new Uint8Array(effect.octets) } : effect;
}
