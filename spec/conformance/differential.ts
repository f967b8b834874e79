import { setTimeout as sleep } from 'node:timers/promises';
import type { ProxySettings } from '../../lib/proxy/amqp-proxy.js';
import { type Case, type Played, replay } from '../support/corpus.js';
import type { RabbitmqLog } from '../support/rabbitmq/log.js';
import { until } from '../support/rabbitmq/until.js';
import type { Listening } from '../support/server.js';
import { byPort, closingOf, parseLog } from './broker-log.js';
import { CommandError } from './command-error.js';
import { type Comparison, compare, type Reasons } from './compare.js';
import { fromLocalPort, LOCAL_PORTS } from './local-ports.js';
import { ProxyInFront } from './proxy-in-front.js';

/** A real broker. */
export interface Subject extends Listening {
  /** As it names itself: `3.10.8`. */
  readonly version: string;
  /** At level debug. Without it only what a client sees is compared. */
  readonly log: RabbitmqLog | undefined;
  /** In ms. */
  readonly handshakeTimeout: number;
}

export interface DifferentialOptions {
  readonly reasons: Reasons;
  /** How many scripts are played at the same time. */
  readonly together: number;
  /** How the broker closes, and hence the proxy. @defaultValue rst */
  readonly close?: 'rst' | 'fin';
  /** What else is changed about the proxy; by default it is a guard that speaks the broker's version. */
  readonly proxy?: Partial<ProxySettings>;
}

/** A script for which broker and proxy were not alike. */
export interface Finding {
  readonly script: Case;
  /** One for each time it was played: the first, then the replays. Empty where that time nothing differed. */
  readonly differences: readonly (readonly string[])[];
}

/** What all scripts showed. */
export interface Tally {
  readonly scripts: number;
  /** How many scripts had their octets, end and time compared, and so on for each aspect. */
  readonly compared: ReadonlyMap<string, number>;
  /** How many scripts had something differ that a race explains. */
  readonly permitted: number;
  /** The same, by the name of the race: more than one can explain a script. */
  readonly races: ReadonlyMap<string, number>;
  /** Differed again when they were played again. */
  readonly differences: readonly Finding[];
  /** Differed once, and in none of the replays. Whose time differed then met a busy machine. */
  readonly flaky: readonly Finding[];
}

/** How many differences there are: those that came again, and those that did not and are not only about time. */
export function countDifferences({ differences, flaky }: Tally): number {
  const isLate = ({ differences: [first = []] }: Finding) => first.every((line) => line.startsWith('time: '));
  return differences.length + flaky.filter((finding) => !isLate(finding)).length;
}

/** How often a script that showed a difference is played again. */
export const REPLAYS = 3;

/** How long is waited for an end beyond the handshake timeout, in ms: a broker may be silent for 3 s before it resets. */
const PATIENCE = 4_500;

/**
 * Between the starts of two scripts, in ms: a broker's logger drops entries when there are more than some hundreds in a
 * second, and each connection makes two to four.
 */
const PACE = 10;

/** What a broker of 3.9 or later logs when it has dropped entries nevertheless. */
const DROPPED = /Handler \S+ switched from \w+ to drop mode/;

/** So many are played before the logs are looked at: each takes two local ports. */
const ROUND = Math.floor(LOCAL_PORTS / 2) - 100;

/** Plays each script to the broker and to a proxy in front of it, and compares. */
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
  const differing = scripts.flatMap((script, at) => {
    const { differences } = first[at] as Comparison;
    return differences.length > 0 ? [{ script, differences }] : [];
  });
  const replays = await compareAll(differing.flatMap(({ script }) => Array<Case>(REPLAYS).fill(script)));
  const findings = differing.map(({ script, differences }, at) => ({
    script,
    differences: [differences, ...replays.slice(at * REPLAYS, (at + 1) * REPLAYS).map((again) => again.differences)],
  }));
  const isFlaky = ({ differences }: Finding) => differences.slice(1).every((again) => again.length === 0);
  return {
    scripts: scripts.length,
    compared: count(first.flatMap(({ compared }) => compared)),
    permitted: first.filter(({ races }) => races.length > 0).length,
    races: count(first.flatMap(({ races }) => races)),
    differences: findings.filter((finding) => !isFlaky(finding)),
    flaky: findings.filter(isFlaky),
  };
}

function count(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
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
  const playOne = (script: Case, target: Listening) =>
    fromLocalPort((localPort) => replay(script, target, { handshakeTimeout, patience: PATIENCE, localPort }));
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

type FromPort = Played & { readonly port: number };

const FENCE: Case = { name: 'fence', group: '', steps: [{ send: { text: 'amqp0091' } }], watch: 0 };

/**
 * A broker's log is behind by seconds: when it has an entry of now, it has all that were made before.
 *
 * @throws CommandError when it never has it, or when entries were dropped
 */
export async function upToNow(subject: Subject, log: RabbitmqLog): Promise<string> {
  const { host, port, handshakeTimeout } = subject;
  // The process of a client that reset may not have been told yet.
  await replay({ ...FENCE, steps: [], watch: 300 }, subject, { handshakeTimeout, patience: 0 });
  const fence = await fromLocalPort((localPort) =>
    replay(FENCE, subject, { handshakeTimeout, patience: PATIENCE, localPort }),
  );
  const isThere = async () => closingOf(byPort(parseLog(await log.text())).get(fence.port) ?? []) !== undefined;
  if (!(await until(isThere, 15_000))) {
    throw new CommandError(
      `${log.path} shows nothing of a connection from port ${fence.port} to ${host}:${port}: is it that broker’s log, and is there no address translation in between?`,
    );
  }
  const text = await log.text();
  if (DROPPED.test(text))
    throw new CommandError(`${log.path}: the broker was too busy, and did not log everything: try again`);
  return text;
}
