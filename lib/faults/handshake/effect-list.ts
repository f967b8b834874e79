import type { Effect } from './effect.js';
import type { Undo } from './fault-actions.js';
import { joinSends } from './join-sends.js';

/** The effects of a gate until they are returned to its caller, and the timers that it has started. */
export class EffectList {
  private effects: Effect[] = [];
  private readonly timers = new Map<number, () => void>();
  private lastTimer = 0;

  push(effect: Effect): void {
    this.effects.push(effect);
  }

  /** Starts a timer. @returns a function that cancels it */
  timer(ms: number, then: () => void): Undo {
    this.lastTimer += 1;
    const id = this.lastTimer;
    this.timers.set(id, then);
    this.push({ type: 'timer', id, ms });
    return () => this.cancel(id);
  }

  get hasTimers(): boolean {
    return this.timers.size > 0;
  }

  fired(id: number): void {
    const then = this.timers.get(id);
    this.timers.delete(id);
    then?.();
  }

  cancelAll(): void {
    for (const id of [...this.timers.keys()]) this.cancel(id);
  }

  /** Returns the effects, with consecutive sends to one side joined, and removes them from the list. */
  flush(): Effect[] {
    const { effects } = this;
    this.effects = [];
    return effects.length > 1 ? joinSends(effects) : effects;
  }

  private cancel(id: number): void {
    if (this.timers.delete(id)) this.push({ type: 'cancel', id });
  }
}
