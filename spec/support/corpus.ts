import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Listening } from './server.js';

/*
 * Replays the cases that were recorded against real brokers: spec/fixtures/golden, whose README.md explains the terms.
 */

/** In ms, or a multiple of the handshake timeout. */
export type Duration = number | { readonly ht: number };
export type Octets = { readonly text?: string; readonly hex?: string; readonly ref?: string; readonly repeat?: number };
export type Step =
  | 'fin'
  | 'rst'
  /** Waits until the broker has been stopped. */
  | 'stop'
  | { readonly send: Octets | readonly Octets[] }
  | { readonly wait: Duration }
  | { readonly quiet: Duration }
  /** Waits for this many frames, at most 2 s. */
  | { readonly awaitFrames: number };

/** What the client does, and how long it watches afterwards. */
export interface Case {
  readonly name: string;
  readonly group: string;
  readonly steps: readonly Step[];
  readonly watch: Duration;
  /** `handshake_timeout`: durations scale with it. */
  readonly clock?: string;
}

/** What a client saw. `client-rst` is its own reset, after which it sees nothing. */
export interface Played {
  readonly end: 'fin' | 'rst' | 'open' | 'client-rst';
  /** From the connect to the end, or to the end of the watch, in ms. */
  readonly ms: number;
  /** Hex. */
  readonly received: string;
}

export interface Outcome extends Omit<Played, 'ms' | 'received'> {
  readonly endMs: readonly [least: number, most: number];
  readonly received: { readonly hex: string };
}

const read = (file: string) => JSON.parse(readFileSync(`spec/fixtures/golden/${file}.json`, 'utf8'));

const { fragments, cases } = read('cases') as {
  readonly fragments: Readonly<Record<string, { readonly hex: string }>>;
  readonly cases: readonly Case[];
};

export const casesOf = (groups: readonly string[]): readonly Case[] =>
  cases.filter(({ group }) => groups.includes(group));

/** A recorded broker: `3.10.8`, `3.10.8-linger-off`. */
export function outcomesOf(broker: string): ReadonlyMap<string, readonly Outcome[]> {
  const measured = read(`rabbitmq-${broker}`) as {
    readonly cases: readonly { readonly name: string; readonly outcomes: readonly Outcome[] }[];
  };
  return new Map(measured.cases.map(({ name, outcomes }) => [name, outcomes]));
}

export function octetsOf(spec: Octets | readonly Octets[]): Buffer {
  if (Array.isArray(spec)) return Buffer.concat(spec.map((part) => octetsOf(part)));
  const { ref, hex, text = '', repeat = 1 } = spec as Octets;
  const digits = ref === undefined ? hex : fragments[ref]?.hex;
  const once = digits === undefined ? Buffer.from(text, 'latin1') : Buffer.from(digits, 'hex');
  return Buffer.alloc(once.length * repeat, once);
}

/** How long to wait for frames, in ms. */
const FRAMES_DUE = 2_000;

/** Counts frames as they arrive. */
class FrameCounter {
  private start = 0;
  private count = 0;

  /** How many whole frames there are now. AMQP 0-9-1, section 4.2.3: type, channel, size; payload; frame end. */
  in(octets: readonly number[]): number {
    for (;;) {
      const [a, b, c, d] = octets.slice(this.start + 3, this.start + 7);
      if (a === undefined || b === undefined || c === undefined || d === undefined) return this.count;
      const end = this.start + 8 + ((a * 256 + b) * 256 + c) * 256 + d;
      if (octets.length < end) return this.count;
      this.start = end;
      this.count += 1;
    }
  }
}

/** How many bytes a case sends in total. */
export const lengthOf = ({ steps }: Case): number =>
  steps.reduce((sum, step) => sum + (typeof step === 'object' && 'send' in step ? octetsOf(step.send).length : 0), 0);

/**
 * Plays a case as it was recorded: it stops after each read, to distinguish a reset after bytes from a FIN.
 *
 * @param handshakeTimeout of the target, in ms
 * @param patience how much longer to watch than the case requires, in ms
 * @param stopped is called at the step `stop`, and resolves when the broker has been stopped
 * @param localPort to connect from. @defaultValue chosen by the kernel
 * @throws Error with the operating system's `code`, for example ECONNREFUSED, or EADDRINUSE for the local port
 */
export function replay(
  { steps, watch }: Case,
  { host, port }: Listening,
  {
    handshakeTimeout,
    patience,
    localPort,
    stopped = async () => {},
  }: {
    readonly handshakeTimeout: number;
    readonly patience: number;
    readonly localPort?: number;
    readonly stopped?: () => Promise<void>;
  },
): Promise<Played> {
  const msOf = (duration: Duration) => (typeof duration === 'number' ? duration : duration.ht * handshakeTimeout);
  const received: number[] = [];
  const frames = new FrameCounter();
  let connectedAt = performance.now();
  let end: Played['end'] | undefined;
  let ms = 0;
  let wake = () => {};
  const elapsed = () => performance.now() - connectedAt;
  const ended = (how: Played['end']) => {
    if (end === undefined) ms = elapsed();
    end ??= how;
    wake();
  };
  const socket = connect({
    host,
    port,
    ...(localPort === undefined ? {} : { localPort }),
    noDelay: true,
    allowHalfOpen: true,
    onread: {
      buffer: Buffer.alloc(16 * 1024),
      callback: (length, chunk) => {
        received.push(...chunk.subarray(0, length));
        wake();
        // Not at once: libuv must have left its read, in which it would take a reset after these octets for a FIN.
        setImmediate(() => socket.resume());
        return false;
      },
    },
  });
  /** Waits until `done`, at most `ms`. */
  const until = async (done: () => boolean, limit: number) => {
    const deadline = performance.now() + limit;
    for (let left = limit; !done() && left > 0; left = deadline - performance.now()) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      await new Promise<void>((resolve) => {
        wake = resolve;
        timer = setTimeout(resolve, left);
      });
      clearTimeout(timer);
    }
  };
  const isGone = () => end !== undefined && end !== 'fin';
  const act = async (step: Step) => {
    if (step === 'fin') socket.end();
    else if (step === 'rst') {
      // While a FIN is being sent, libuv refuses to reset.
      if (socket.writableEnded && !socket.writableFinished) await once(socket, 'finish');
      ended('client-rst');
      socket.resetAndDestroy();
    } else if (step === 'stop') await stopped();
    else if ('send' in step) {
      socket.write(octetsOf(step.send));
      // The write must reach the kernel before the next step.
      await new Promise(setImmediate);
    } else if ('awaitFrames' in step) {
      await until(() => isGone() || frames.in(received) >= step.awaitFrames, FRAMES_DUE);
    } else await until(isGone, msOf('wait' in step ? step.wait : step.quiet));
  };
  return new Promise((resolve, reject) => {
    socket.on('end', () => ended('fin'));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') ended('rst');
      else reject(error);
    });
    const play = async () => {
      connectedAt = performance.now();
      for (const step of steps) {
        if (isGone()) break;
        await act(step);
      }
      await until(() => end !== undefined, msOf(watch) + patience);
      if (end === undefined) ms = elapsed();
      // While a FIN is being sent, libuv refuses to reset, and Node then never closes.
      if (socket.writableEnded) socket.destroy();
      else socket.resetAndDestroy();
      return { end: end ?? 'open', ms, received: Buffer.from(received).toString('hex') } as const;
    };
    socket.once('connect', () => {
      play().then(resolve, reject);
    });
  });
}
