import { Crowd, type Member } from './crowd.js';

/** Visits all its members regularly, with one timer for all of them. Each can wait up to one interval for its first visit. */
export class Sweep<Each extends Member> {
  private readonly members = new Crowd<Each>();
  private readonly interval: number;
  private readonly visit: (member: Each) => boolean;
  private timer: ReturnType<typeof setInterval> | undefined;

  /**
   * @param interval in ms
   * @param visit returns whether the member is to be visited again
   */
  constructor(interval: number, visit: (member: Each) => boolean) {
    this.interval = interval;
    this.visit = visit;
  }

  add(member: Each): void {
    this.members.add(member);
    this.timer ??= setInterval(() => this.visitAll(), this.interval);
  }

  delete(member: Each): void {
    this.members.delete(member);
    if (this.members.size === 0) this.stop();
  }

  private visitAll(): void {
    for (const member of this.members) if (!this.visit(member)) this.members.delete(member);
    if (this.members.size === 0) this.stop();
  }

  private stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
