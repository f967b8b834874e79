import { Control } from '../../lib/dashboard/control.js';
import { Live, type LiveState } from '../../lib/dashboard/live.js';
import { ManualClock } from '../support/manual-clock.js';

type Request = { readonly path: string; readonly headers: Headers; readonly signal: AbortSignal | null };
type Answer = unknown | ((request: Request) => unknown);

const encoder = new TextEncoder();

/** An event stream that a spec writes to. */
class FakeStream {
  readonly body: ReadableStream<Uint8Array>;
  private controller!: ReadableStreamDefaultController<Uint8Array>;

  constructor(signal: AbortSignal | null) {
    this.body = new ReadableStream({
      start: (controller) => {
        this.controller = controller;
        signal?.addEventListener('abort', () => controller.error(new Error('aborted')), { once: true });
      },
    });
  }

  send(id: string, type?: string, data?: unknown): void {
    const event = type === undefined ? '' : `event: ${type}\ndata: ${JSON.stringify(data)}\n`;
    this.controller.enqueue(encoder.encode(`id: ${id}\n${event}\n`));
  }

  end(): void {
    this.controller.close();
  }

  fail(): void {
    this.controller.error(new TypeError('network error'));
  }
}

/** A control API without a network, a page that follows it, and the time of that page. */
export class FakeApi {
  readonly clock = new ManualClock();
  readonly requests: Request[] = [];
  readonly streams: FakeStream[] = [];
  /** What is answered for each path without its query: JSON, a Response, an error that is thrown, or a function. */
  readonly answers: Record<string, Answer> = { '/faults': [], '/scenarios': [], '/reports': [] };
  /** A token without which everything is a 401. */
  token: string | null = null;
  readonly control: Control;
  readonly live: Live;
  private readonly startedAt = new Date(this.clock.wall()).toISOString();

  constructor() {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
    this.answers['/overview'] = () => this.overview();
    this.answers['/events'] = ({ signal }: Request) => {
      const stream = new FakeStream(signal);
      this.streams.push(stream);
      return new Response(stream.body);
    };
    this.control = new Control(storage, (input, init) => this.respond(String(input), init));
    this.live = new Live(this.control, this.clock);
  }

  get stream(): FakeStream {
    const stream = this.streams.at(-1);
    if (stream === undefined) throw new Error('nobody has asked for the events');
    return stream;
  }

  overview(startedAt = this.startedAt): object {
    return { at: new Date(this.clock.wall()).toISOString(), startedAt, totals: {}, proxies: [], open: {} };
  }

  /** The requests for a path so far. */
  asked(path: string): readonly Request[] {
    return this.requests.filter((request) => request.path.split('?')[0] === path);
  }

  /** Resolves with the state once it is as wanted. */
  async until(wanted: (state: LiveState) => boolean): Promise<LiveState> {
    while (!wanted(this.live.state)) {
      await new Promise<void>((resolve) => {
        const leave = this.live.subscribe(() => {
          leave();
          resolve();
        });
      });
    }
    return this.live.state;
  }

  /** Starts the page and waits until it is live. */
  async start(): Promise<void> {
    this.live.start();
    await this.until(({ link, overview }) => link === 'live' && overview !== null);
  }

  private async respond(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    const request = { path, headers, signal: init.signal ?? null };
    this.requests.push(request);
    if (this.token !== null && headers.get('Authorization') !== `Bearer ${this.token}`) {
      return Response.json({ error: 'the token is missing or wrong' }, { status: 401 });
    }
    const given = this.answers[path.split('?')[0] as string];
    const answer = await (typeof given === 'function' ? (given as (request: Request) => unknown)(request) : given);
    if (answer instanceof Error) throw answer;
    return answer instanceof Response ? answer : Response.json(answer);
  }
}

/** Lets everything run that does not wait for a timer. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
