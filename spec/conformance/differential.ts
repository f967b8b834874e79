import { setTimeout as sleep } from 'node:timers/promises';
import type { ProxySettings } from '../../lib/proxy/proxy-settings.js';
import type { Case } from '../support/corpus.js';
import type { Listening } from '../support/server.js';
import { byPort, parseLog } from './broker-log.js';
import { type Comparison, compare, type Reasons } from './compare.js';
import { LOCAL_PORTS } from './local-ports.js';
import { type FromPort, playFromPort } from './play-from-port.js';
import { ProxyInFront } from './proxy-in-front.js';
import type { Subject } from './subject.js';
import { type Tally, tallyOf } from './tally.js';
import { upToNow } from './up-to-now.js';

export interface DifferentialOptions {
  readonly reasons: Reasons;
  /** How many scripts are played at the same time. */
  readonly together: number;
  /** How the broker and therefore the proxy close TCP. @defaultValue rst */
  readonly close?: 'rst' | 'fin';
  /** Other settings of the proxy; by default it is a guard with the broker's version as its dialect. */
  readonly proxy?: Partial<ProxySettings>;
}

/** How often a script with a difference is replayed. */
export const REPLAYS = 3;

/**
 * Time between the starts of two scripts, in ms: a broker's logger drops entries above several hundred per second, and
 * each connection writes two to four.
 */
const PACE = 10;

/** Scripts that are played before the logs are read; each uses two local ports. */
const ROUND = Math.floor(LOCAL_PORTS / 2) - 100;

/** Plays each script against the broker and against a proxy in front of it, and compares the results. */
export async function differential(
  subject: Subject,
  scripts: readonly Case[],
  options: DifferentialOptions,
): Promise<Tally> {
  await using proxy = await ProxyInFront.of(subject, { close: options.close ?? 'rst', ...options.proxy });
  const compareAll = async (all: readonly Case[]): Promise<Comparison[]> => {
    const comparisons: Comparison[] = [];
    for (let from = 0; from < all.length; from += ROUND) {
      comparisons.push(...(await round(subject, proxy, all.slice(from, from + ROUND), options)));
    }
    return comparisons;
  };
  const first = await compareAll(scripts);
  const differing = scripts.filter((_, at) => (first[at] as Comparison).differences.length > 0);
  const replays = await compareAll(differing.flatMap((script) => Array<Case>(REPLAYS).fill(script)));
  return tallyOf(scripts, first, (script) => {
    const from = differing.indexOf(script) * REPLAYS;
    return replays.slice(from, from + REPLAYS);
  });
}

async function round(
  subject: Subject,
  proxy: ProxyInFront,
  scripts: readonly Case[],
  { together, reasons, close = 'rst' }: DifferentialOptions,
): Promise<Comparison[]> {
  const { handshakeTimeout } = subject;
  const log = subject.log?.mark();
  const waiting = scripts.entries();
  const played: (readonly [direct: FromPort, proxied: FromPort])[] = [];
  const playOne = (script: Case, target: Listening) => playFromPort(script, target, handshakeTimeout);
  let turn = performance.now();
  const playWaiting = async () => {
    for (const [at, script] of waiting) {
      turn = Math.max(turn + PACE, performance.now());
      await sleep(turn - performance.now());
      played[at] = await Promise.all([playOne(script, subject), playOne(script, proxy)]);
    }
  };
  await Promise.all(Array.from({ length: together }, playWaiting));
  const ofProxy = await proxy.take();
  const ofBroker = log && byPort(parseLog(await upToNow(subject, log)));
  const missing = played.filter(([, { port }]) => !ofProxy.reports.has(port)).length;
  const unnamed = missing === ofProxy.withoutAddress ? 'without address' : undefined;
  return scripts.map((script, at) => {
    const [direct, proxied] = played[at] as readonly [FromPort, FromPort];
    const report = ofProxy.reports.get(proxied.port) ?? unnamed;
    return compare(
      script,
      { ...direct, entries: ofBroker && (ofBroker.get(direct.port) ?? []) },
      { ...proxied, entries: ofProxy.entries.get(proxied.port) ?? [], report },
      { reasons, close },
    );
  });
}
