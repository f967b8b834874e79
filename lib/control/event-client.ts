/** Octets that may wait for a client; one that lets more come together is cut, and its stream ends. */
const WAITING_MAX = 1024 * 1024;
/** Octets of what it missed that are made and handed over at once. */
const CHUNK = 64 * 1024;

/** What a client is sent. Its octets may be made only when they are asked for. */
export type Message = { readonly octets: Uint8Array };

/** One client of an event stream: what it has not read yet waits here, and is counted. */
export class EventClient {
  readonly stream: ReadableStream<Uint8Array>;
  private readonly gone: () => void;
  private missed: readonly Message[];
  private waiting: Uint8Array[] = [];
  private waitingOctets = 0;
  /** It reads, and nothing waits for it. */
  private isHungry = false;
  private controller!: ReadableStreamDefaultController<Uint8Array>;

  /**
   * @param missed what it is sent first; it may take its time for that
   * @param gone called once, when it has left or had to be cut
   */
  constructor(missed: readonly Message[], gone: () => void) {
    this.missed = missed;
    this.gone = gone;
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.controller = controller;
        },
        pull: () => this.pull(),
        cancel: gone,
      },
      // What waits, waits here, where it is counted.
      { highWaterMark: 0 },
    );
  }

  send({ octets }: Message): void {
    if (this.isHungry) {
      this.isHungry = false;
      this.controller.enqueue(octets);
      return;
    }
    this.waiting.push(octets);
    this.waitingOctets += octets.length;
    if (this.waitingOctets > WAITING_MAX) this.cut();
  }

  /** Sends what is worth nothing to a client for which other things wait. */
  sendIfIdle(message: Message): void {
    if (this.isHungry) this.send(message);
  }

  /** Nothing more comes. What waits can still be read. */
  end(): void {
    for (let chunk = this.next(); chunk !== undefined; chunk = this.next()) this.controller.enqueue(chunk);
    this.controller.close();
  }

  private cut(): void {
    this.missed = [];
    this.waiting = [];
    this.gone();
    this.controller.close();
  }

  private pull(): void {
    const chunk = this.next();
    if (chunk === undefined) this.isHungry = true;
    else this.controller.enqueue(chunk);
  }

  private next(): Uint8Array | undefined {
    if (this.missed.length > 0) return this.nextMissed();
    if (this.waiting.length === 0) return undefined;
    const chunk = Buffer.concat(this.waiting);
    this.waiting = [];
    this.waitingOctets = 0;
    return chunk;
  }

  private nextMissed(): Uint8Array {
    const chunk: Uint8Array[] = [];
    let length = 0;
    for (const { octets } of this.missed) {
      chunk.push(octets);
      length += octets.length;
      if (length >= CHUNK) break;
    }
    this.missed = this.missed.slice(chunk.length);
    return Buffer.concat(chunk);
  }
}
