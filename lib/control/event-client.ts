/** Maximum octets queued for a client. A client that reads too slowly is cut off: its stream ends. */
const WAITING_MAX = 1024 * 1024;
/** Octets of missed events that are encoded and enqueued at once. */
const CHUNK = 64 * 1024;

/** A message to clients. Its octets may be encoded lazily. */
export type Message = {
  readonly octets: Uint8Array;
  /** @defaultValue false */
  readonly isReport?: boolean;
};

/** One client of an event stream, with a bounded queue of what it has not read yet. */
export class EventClient {
  readonly stream: ReadableStream<Uint8Array>;
  private readonly gone: (cutOff: { readonly reports: number } | null) => void;
  private missed: readonly Message[];
  private waiting: Uint8Array[] = [];
  private waitingOctets = 0;
  private waitingReports = 0;
  /** Whether the client has asked for more while its queue was empty. */
  private isHungry = false;
  private controller!: ReadableStreamDefaultController<Uint8Array>;

  /**
   * @param missed messages to send first; they do not count against the limit of the queue
   * @param gone called once: with null when the client has disconnected, or with the number of reports that it had not read when it
   *   was cut off
   */
  constructor(missed: readonly Message[], gone: (cutOff: { readonly reports: number } | null) => void) {
    this.missed = missed;
    this.gone = gone;
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.controller = controller;
        },
        pull: () => this.pull(),
        cancel: () => gone(null),
      },
      // No buffer in the stream: the queue here is the one that is counted.
      { highWaterMark: 0 },
    );
  }

  send({ octets, isReport = false }: Message): void {
    if (this.isHungry) {
      this.isHungry = false;
      this.controller.enqueue(octets);
      return;
    }
    this.waiting.push(octets);
    this.waitingOctets += octets.length;
    if (isReport) this.waitingReports += 1;
    if (this.waitingOctets > WAITING_MAX) this.cut();
  }

  /** Sends a message only if the queue is empty. */
  sendIfIdle(message: Message): void {
    if (this.isHungry) this.send(message);
  }

  /** Ends the stream. The client can still read what is queued. */
  end(): void {
    for (let chunk = this.next(); chunk !== undefined; chunk = this.next()) this.controller.enqueue(chunk);
    this.controller.close();
  }

  private cut(): void {
    const reports = this.waitingReports + this.missed.filter(({ isReport = false }) => isReport).length;
    this.missed = [];
    this.waiting = [];
    this.gone({ reports });
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
    this.waitingReports = 0;
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
