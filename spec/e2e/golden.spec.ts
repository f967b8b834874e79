import test from 'ava';
import { encodeMethodFrame } from '../../lib/amqp/connection-methods.js';
import { protocolHeader } from '../../lib/amqp/header.js';
import { type Case, casesOf, lengthOf, type Outcome, outcomesOf, type Played, replay } from '../support/corpus.js';
import { startProxy } from '../support/proxy.js';
import { startUpstream } from '../support/upstream.js';

/** The groups in which the header decides. */
const GROUPS = ['no-data', 'partial', 'bad-header', 'bad-version', 'amqp-1-0'];

/** The recorded brokers had a handshake timeout of 10 s. */
const MEASURED_TIMEOUT = 10_000;
const TIMEOUT = 2_000;

/** Permitted deviation of a close, in ms. A busy machine can be late, but never by as much as the timeout. */
const [EARLY, LATE] = [500, 1_500] as const;

/** How many cases run at the same time. */
const TOGETHER = 24;

const MEASURED = [
  { broker: '3.8.9', dialect: '3.8', close: 'rst' },
  { broker: '3.10.8', dialect: '3.10', close: 'rst' },
  { broker: '4.0.5', dialect: '4.0', close: 'rst' },
  { broker: '4.3.6', dialect: '4.3', close: 'rst' },
  { broker: '3.10.8-linger-off', dialect: '3.10', close: 'fin' },
] as const;

const start = encodeMethodFrame({
  name: 'connection.start',
  versionMajor: 0,
  versionMinor: 9,
  serverProperties: new Map(),
  mechanisms: 'PLAIN',
  locales: 'en_US',
});

/** The difference from all recorded outcomes; undefined when there is none. */
function difference(played: Case, seen: Played, outcomes: readonly Outcome[]): string | undefined {
  const shown = `${seen.end} after ${Math.round(seen.ms)} ms with ${seen.received}`;
  // A client that is still writing when it is refused may lose the farewell to the reset: a race, with any broker.
  const races = seen.end === 'rst' && lengthOf(played) > 8;
  const alike = outcomes.filter(
    ({ end, received: { hex } }) => end === seen.end && (races ? hex.startsWith(seen.received) : hex === seen.received),
  );
  if (alike.length === 0) {
    return `${shown}; a broker: ${outcomes.map(({ end, received }) => `${end} with ${received.hex}`).join(' or ')}`;
  }
  // A client that left, or whose connection stayed open, has no end to compare.
  if (seen.end === 'client-rst' || seen.end === 'open') return undefined;
  const stretch = played.clock === 'handshake_timeout' ? TIMEOUT / MEASURED_TIMEOUT : 1;
  const least = Math.min(...alike.map(({ endMs }) => endMs[0])) * stretch - EARLY;
  const most = Math.max(...alike.map(({ endMs }) => endMs[1])) * stretch + LATE;
  return seen.ms < least || seen.ms > most ? `${shown}; a broker: from ${least} to ${most} ms` : undefined;
}

/** The single recording of `garbage-4m` shows one outcome of its race; `garbage-64k` shows the other. */
function permitted(name: string, outcomes: ReadonlyMap<string, readonly Outcome[]>): readonly Outcome[] {
  const names = name === 'garbage-4m' ? [name, 'garbage-64k'] : [name];
  return names.flatMap((each) => outcomes.get(each) ?? []);
}

for (const { broker, dialect, close } of MEASURED) {
  test.serial(`the proxy decides each recorded header as RabbitMQ ${broker} did`, async (t) => {
    const outcomes = outcomesOf(broker);
    // An upstream that accepts what is forwarded: AMQP 1.0 goes to 4.x only, and is answered as recorded.
    const upstream = await startUpstream(t, (wire) => {
      void wire.octets(8).then((header) => {
        const measured = header[4] === 3 ? outcomes.get('version-3-1-0-0')?.[0]?.received.hex : undefined;
        void wire.send(measured === undefined ? start : Buffer.from(measured, 'hex'));
      });
    });
    const proxy = await startProxy(t, upstream, { dialect, close, handshakeTimeout: TIMEOUT });
    const differences: string[] = [];
    const cases = casesOf(GROUPS).filter(({ name }) => outcomes.has(name));
    const waiting = cases.values();
    const playWaiting = async () => {
      for (const each of waiting) {
        const measured = permitted(each.name, outcomes);
        // Waits for a close by the broker; the time is compared afterwards.
        const patience = measured.some(({ end }) => end === 'open') ? 0 : 10_000;
        const seen = await replay(each, proxy, { handshakeTimeout: TIMEOUT, patience });
        const found = difference(each, seen, measured);
        if (found !== undefined) differences.push(`${each.name}: ${found}`);
      }
    };
    await Promise.all(Array.from({ length: TOGETHER }, playWaiting));
    for (const _ of cases) await proxy.nextReport();
    t.deepEqual(differences, []);
    t.true(cases.length > 70);
    const forwarded = proxy.reports.filter(({ decision }) => decision === 'forward');
    const accepted = [Buffer.from(protocolHeader(3, 1, 0, 0)).toString('hex')];
    t.deepEqual(
      forwarded.map(({ header }) => header.hex),
      dialect.startsWith('4.') ? accepted : [],
    );
    t.is(upstream.connections, forwarded.length);
  });
}
