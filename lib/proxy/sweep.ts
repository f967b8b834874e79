/** Visits all its members regularly, with one timer for all of them. Each can wait up to one interval for its first visit. */
export class Sweep<Member> {
  private readonly members = new Set<Member>();
  private readonly interval: number;
  private readonly visit: (member: Member) => boolean;
  private timer: ReturnType<typeof setInterval> | undefined;

  /**
   * @param interval in ms
   * @param visit returns whether the member is to be visited again
   */
  constructor(interval: number, visit: (member: Member) => boolean) {
    this.interval = interval;
    this.visit = visit;
  }

  add(member: Member): void {
    this.members.add(member);
    this.timer ??= setInterval(() => this.visitAll(), this.interval);
  }

  delete(member: Member): void {
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
