import { type Moment, sideOf } from '../moment.js';
import type { Side, Trigger } from './fault-actions.js';

type Rewrite = (trigger: Trigger) => Uint8Array;

/** Changes that faults will make to frames of later moments. Each rewrite is used once. */
export class Rewrites {
  private readonly list: { readonly moment: Moment; readonly rewrite: Rewrite }[] = [];

  add(moment: Moment, rewrite: Rewrite): void {
    this.list.push({ moment, rewrite });
  }

  get isEmpty(): boolean {
    return this.list.length === 0;
  }

  /** Whether a frame of this side is to be rewritten. */
  concern(side: Side): boolean {
    return this.list.some(({ moment }) => sideOf(moment) === side);
  }

  /** @param passed how many octets of the frame have been passed on. If there are any, it is not rewritten */
  apply(trigger: Trigger, passed: number): Trigger {
    const at = this.list.findIndex(({ moment }) => moment === trigger.moment);
    const rewrite = at < 0 || passed > 0 ? undefined : this.list.splice(at, 1)[0]?.rewrite;
    return rewrite ? { ...trigger, octets: rewrite(trigger) } : trigger;
  }
}
