import type { Case } from '../support/corpus.js';
import { reasonIn, unexplained } from '../support/explained.js';
import { anonymous, closingOf, withoutTrace } from './broker-log.js';
import { type Aspect, RACES, type Race } from './race.js';
import type { Direct, Proxied } from './sides.js';

/** The result of one script. */
export interface Comparison {
  /** One line for each aspect with a difference that is not permitted. */
  readonly differences: readonly string[];
  /** Names of the races that explain permitted differences. */
  readonly races: readonly string[];
  /** The aspects that were compared. */
  readonly compared: readonly Aspect[];
  /** Whether the machine was too busy for a comparison. */
  readonly stalled: boolean;
}

/** Which reasons are compared: only of refused headers, or also of accepted clients. */
export type Reasons = 'header' | 'all';

/** Permitted time between the two closes, in ms. A delay on a busy machine is shorter than a timeout. */
const APART = 500;

export interface CompareOptions {
  readonly reasons: Reasons;
  /** How the broker closes TCP. */
  readonly close: 'rst' | 'fin';
  /** The permitted differences. @defaultValue those of the header */
  readonly races?: readonly Race[];
  /** Aspects that are not compared. @defaultValue none */
  readonly ignored?: readonly Aspect[];
}

/** Compares what the client saw, what was logged, and what was reported. */
export function compare(
  script: Case,
  direct: Direct,
  proxied: Proxied,
  { reasons, close, races: permitted = RACES, ignored = [] }: CompareOptions,
): Comparison {
  const differences: string[] = [];
  const races = new Set<string>();
  const compared: Aspect[] = [];
  const stalled = direct.stalled === true || proxied.stalled === true;
  const check = (aspect: Aspect, ofBroker: unknown, ofProxy: unknown, same = ofBroker === ofProxy) => {
    if (ignored.includes(aspect)) return;
    compared.push(aspect);
    if (same) return;
    const race = permitted.find(
      (each) =>
        each.aspects.includes(aspect === 'explanation' ? 'reason' : aspect) &&
        (each.close ?? close) === close &&
        each.happened(script, direct, proxied),
    );
    if (race) races.add(race.name);
    else differences.push(`${aspect}: ${shownBoth(ofBroker, ofProxy)}`);
  };

  check('octets', direct.received, proxied.received);
  check('end', direct.end, proxied.end);
  if (direct.notified !== undefined || proxied.notified !== undefined)
    check('close_notify', direct.notified, proxied.notified);
  check('time', `${direct.ms.toFixed(1)} ms`, `${proxied.ms.toFixed(1)} ms`, Math.abs(direct.ms - proxied.ms) <= APART);
  if (direct.server && proxied.server) {
    const [ofBroker, ofProxy] = [direct.server, proxied.server];
    check('server octets', ofBroker.received, ofProxy.received);
    check('server end', ofBroker.end, ofProxy.end);
    const apart = Math.abs(ofBroker.ms - ofProxy.ms);
    check('server time', `${ofBroker.ms.toFixed(1)} ms`, `${ofProxy.ms.toFixed(1)} ms`, apart <= APART);
  }
  const report = proxied.report === 'without address' ? undefined : proxied.report;
  const isForwarded = report?.decision === 'forward';
  if (direct.end !== 'client-rst') check('decision', isAccepted(direct.received), isForwarded);
  if (direct.entries === undefined) return { differences, races: [...races], compared, stalled };

  if (report?.stage === 'header' || report === undefined || reasons === 'all') {
    const closing = closingOf(direct.entries);
    const { term = undefined, loggedAs = undefined } = report?.reason ?? {};
    // A reader that crashes writes a crash report instead of an entry.
    if (report?.reason.name !== 'reader_crashed')
      check(
        'reason',
        `${closing?.level} ${closing?.term == null ? closing?.term : withoutTrace(closing.term)}`,
        `${loggedAs} ${term == null ? null : withoutTrace(term.replace(/\s+/g, ' '))}`,
      );
    check('entries', direct.entries.map(anonymous).join('\n'), proxied.entries.map(anonymous).join('\n'));
    const texts = [...direct.entries, ...(direct.others ?? [])].map(({ text }) => text);
    const unknown = unexplained(texts);
    check('unexplained', unknown.join('\n'), '', unknown.length === 0);
    const explained = reasonIn(texts);
    if (explained !== null && report !== undefined) check('explanation', explained, report.reason.name);
  } else {
    const [accepting, announced] = [direct.entries, proxied.entries].map(([first]) => first && anonymous(first));
    check('entries', accepting, announced);
  }
  return { differences, races: [...races], compared, stalled };
}

/** An accepted client receives a Start, a SASL frame, or its own AMQP 1.0 header without SASL. Other headers refuse. */
const isAccepted = (received: string): boolean => received.length > 16 || received === '414d515000010000';

/** Long octets are shown from the place where they differ. */
const LONG = 200;

function shownBoth(ofBroker: unknown, ofProxy: unknown): string {
  if (!isLong(ofBroker) && !isLong(ofProxy)) return `the broker ${shown(ofBroker)}, the proxy ${shown(ofProxy)}`;
  const [broker, proxy] = [String(ofBroker), String(ofProxy)];
  let same = 0;
  while (same < broker.length && broker[same] === proxy[same]) same += 1;
  same -= same % 2;
  return `after ${same / 2} equal octets, the broker ${shown(broker.slice(same))}, the proxy ${shown(proxy.slice(same))}`;
}

const isLong = (value: unknown): boolean =>
  typeof value === 'string' && value.length > LONG && /^[0-9a-f]+$/.test(value);

const shown = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
