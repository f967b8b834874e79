import { setTimeout as sleep } from 'node:timers/promises';
import type { Case } from '../support/corpus.js';
import type { Listening } from '../support/server.js';
import { byPort, othersByPort, parseLog } from './broker-log.js';
import { LOCAL_PORTS } from './local-ports.js';
import { type FromPort, playFromPort } from './play-from-port.js';
import { ProxyInFront } from './proxy-in-front.js';
import type { WorkerSettings } from './proxy-worker.js';
import type { Direct, Proxied } from './sides.js';
import type { Subject } from './subject.js';
import { upToNow } from './up-to-now.js';
import type { Venue, VenueOptions } from './venue.js';

/** What the clients of a script saw: of the broker, and of the proxy. */
export type Pair = readonly [direct: FromPort, proxied: FromPort];

/** Plays the clients of all scripts. */
export type PlayClients = (scripts: readonly Case[], proxy: Listening) => Promise<readonly Pair[]>;

/** Scripts that are played before the logs are read; each uses two local ports. */
const ROUND = Math.floor(LOCAL_PORTS / 2) - 100;

/**
 * A broker and a proxy in front of it. What both logged and what the proxy reported is found by the client's port.
 *
 * @param playClients plays the clients. @defaultValue many at a time, over TCP
 * @param settings of the proxy that this family needs
 */
export async function brokerVenue(
  subject: Subject,
  options: VenueOptions,
  playClients: PlayClients = together(options, playOverTcp(subject)),
  settings: Partial<WorkerSettings> = {},
): Promise<Venue> {
  const proxy = await ProxyInFront.of(subject, { close: options.close ?? 'rst', ...settings, ...options.proxy });
  return {
    play: async (scripts) => {
      const results: (readonly [Direct, Proxied])[] = [];
      for (let from = 0; from < scripts.length; from += ROUND) {
        results.push(...(await playRound(subject, proxy, scripts.slice(from, from + ROUND), playClients)));
      }
      return results;
    },
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}

async function playRound(
  subject: Subject,
  proxy: ProxyInFront,
  scripts: readonly Case[],
  playClients: PlayClients,
): Promise<readonly (readonly [Direct, Proxied])[]> {
  const log = subject.log?.mark();
  const played = await playClients(scripts, proxy);
  const ofProxy = await proxy.take();
  const written = log && (await upToNow(subject, log));
  const ofBroker = written === undefined ? undefined : byPort(parseLog(written));
  const others = written === undefined ? undefined : othersByPort(written);
  const missing = played.filter(([, { port }]) => !ofProxy.reports.has(port)).length;
  const unnamed = missing === ofProxy.withoutAddress ? 'without address' : undefined;
  return played.map(([direct, proxied]) => [
    {
      ...direct,
      entries: ofBroker && (ofBroker.get(direct.port) ?? []),
      others: others?.get(direct.port) ?? [],
    },
    {
      ...proxied,
      entries: ofProxy.entries.get(proxied.port) ?? [],
      report: ofProxy.reports.get(proxied.port) ?? unnamed,
    },
  ]);
}

/**
 * Time between the starts of two scripts, in ms: a broker's logger drops entries above several hundred per second, and
 * each connection writes two to four.
 */
const PACE = 10;

/** Plays this many scripts at the same time, each against both targets. */
export const together =
  (
    { together: count, played: done = () => {} }: VenueOptions,
    playOne: (script: Case, proxy: Listening) => Promise<Pair>,
  ): PlayClients =>
  async (scripts, proxy) => {
    const waiting = scripts.entries();
    const played: Pair[] = [];
    let turn = performance.now();
    const playWaiting = async () => {
      for (const [at, script] of waiting) {
        turn = Math.max(turn + PACE, performance.now());
        await sleep(turn - performance.now());
        played[at] = await playOne(script, proxy);
        done();
      }
    };
    await Promise.all(Array.from({ length: count }, playWaiting));
    return played;
  };

const playOverTcp =
  (subject: Subject) =>
  (script: Case, proxy: Listening): Promise<Pair> =>
    Promise.all([
      playFromPort(script, subject, subject.handshakeTimeout),
      playFromPort(script, proxy, subject.handshakeTimeout),
    ]);
