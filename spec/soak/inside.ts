// Loaded into the proxy's process with --import: measures it from the inside, without the code under test.
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

/** What the proxy's process answers to the message `measure`. */
export interface Inside {
  /** Connections that Node.js has accepted, by the local port. */
  readonly accepted: Readonly<Record<number, number>>;
  /** Delay of the event loop, in ms. */
  readonly loop: { readonly p99: number; readonly max: number };
}

/** How often the delay is sampled, in ms; it is subtracted from the results. */
const RESOLUTION = 10;
const NS_PER_MS = 1e6;

if (isMainThread && process.send !== undefined) {
  const accepted: Record<number, number> = {};
  subscribe('net.server.socket', (message) => {
    const { localPort = 0 } = (message as { readonly socket: Socket }).socket;
    accepted[localPort] = (accepted[localPort] ?? 0) + 1;
  });
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
  delay.enable();
  const above = (ns: number): number => Math.max(0, ns / NS_PER_MS - RESOLUTION);
  process.on('message', (message) => {
    if (message === 'reset') delay.reset();
    else
      process.send?.({ accepted, loop: { p99: above(delay.percentile(99)), max: above(delay.max) } } satisfies Inside);
  });
  // The proxy must not outlive the run, however that ends.
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel?.unref();
}
