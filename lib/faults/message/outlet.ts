import type { Message, Sending, Tail } from './message.js';

/** Where the messages to one side leave a chain. A content is never interrupted by other frames of its channel. */
export class Outlet {
  private readonly send: (octets: Uint8Array) => void;
  /** What waits for the end of a tail on its channel, in order. */
  private waiting: Sending[] = [];
  private readonly tails = new Map<number, Tail>();
  private isOpen = false;
  /** What waits until it is open. */
  private kept: Uint8Array[] = [];
  /** What follows a message that was cut: it waits until `resume`. */
  private rest: Uint8Array[] | null = null;

  constructor(send: (octets: Uint8Array) => void) {
    this.send = send;
  }

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.kept.length === 0 && this.waiting.length === 0 && this.rest === null;
  }

  /** Whether a message was cut, so that other frames cannot be sent. */
  get isCut(): boolean {
    return this.rest !== null;
  }

  /** Opens it. Until then everything waits. */
  open(): void {
    const { kept } = this;
    this.isOpen = true;
    this.kept = [];
    for (const octets of kept) this.send(octets);
  }

  /** Sends what follows a message that was cut. */
  resume(): void {
    const rest = this.rest ?? [];
    this.rest = null;
    for (const octets of rest) this.raw(octets);
  }

  message({ channel, frame, content, tail, cut }: Message): void {
    const sending: Sending = { channel, octets: [frame, ...content], tail, cut: cut ?? null, isSent: false };
    if (tail) tail.sending = sending;
    if (this.tails.has(channel)) this.waiting.push(sending);
    else this.write(sending);
  }

  piece({ sending }: Tail, octets: Uint8Array): void {
    if (sending === null) return;
    if (sending.isSent) this.raw(octets);
    else sending.octets.push(octets);
  }

  tailOver(tail: Tail): void {
    if (this.tails.get(tail.channel) !== tail) return;
    this.tails.delete(tail.channel);
    const { waiting } = this;
    this.waiting = [];
    for (const sending of waiting) {
      if (this.tails.has(sending.channel)) this.waiting.push(sending);
      else this.write(sending);
    }
  }

  raw(octets: Uint8Array): void {
    if (octets.length === 0) return;
    if (this.rest !== null) this.rest.push(octets);
    else if (this.isOpen) this.send(octets);
    else this.kept.push(octets);
  }

  private write(sending: Sending): void {
    const { channel, octets, tail, cut } = sending;
    sending.isSent = true;
    if (tail && !tail.isOver) this.tails.set(channel, tail);
    if (cut === null || cut.isUndone || this.rest !== null) {
      for (const each of octets) this.raw(each);
      return;
    }
    const whole = Buffer.concat(octets);
    this.raw(whole.subarray(0, cut.at));
    this.rest = [whole.subarray(cut.at)];
    cut.then();
  }
}
