import type { Effect } from './effect.js';
import type { Undo } from './fault-actions.js';

/** Effects until they are handed out, and the timers that were asked for. */
export class EffectList {
  private effects: Effect[] = [];
  private readonly timers = new Map<number, () => void>();
  private lastTimer = 0;

  push(effect: Effect): void {
    this.effects.push(effect);
  }

  /** @returns what cancels it */
  timer(ms: number, then: () => void): Undo {
    this.lastTimer += 1;
    const id = this.lastTimer;
    this.timers.set(id, then);
    this.push({ type: 'timer', id, ms });
    return () => this.cancel(id);
  }

  fired(id: number): void {
    const then = this.timers.get(id);
    this.timers.delete(id);
    then?.();
  }

  cancelAll(): void {
    for (const id of [...this.timers.keys()]) this.cancel(id);
  }

  /** Hands them out. */
  flush(): Effect[] {
    const { effects } = this;
    this.effects = [];
    return effects;
  }

  private cancel(id: number): void {
    if (this.timers.delete(id)) this.push({ type: 'cancel', id });
  }
}
