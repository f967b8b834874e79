import test from 'ava';
import { encodeMethodFrame } from '../../lib/amqp/connection-methods.js';
import { protocolHeader } from '../../lib/amqp/header.js';
import { type Case, casesOf, type Outcome, outcomesOf, type Played, replay } from '../support/corpus.js';
import { startProxy } from '../support/proxy.js';
import { startUpstream } from '../support/upstream.js';

/** The groups that the header decides. */
const GROUPS = ['no-data', 'partial', 'bad-header', 'bad-version', 'amqp-1-0'];

/** The brokers were measured with 10 s. */
const MEASURED_TIMEOUT = 10_000;
const TIMEOUT = 1_000;

/** How far apart two ends may be, in ms: a busy machine is late. It is less than a case ends early or late by mistake. */
const TOLERANCE = 450;

/** How many cases run at the same time. */
const TOGETHER = 16;

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

/** What differs from all outcomes that were measured; undefined when nothing does. */
function difference({ clock }: Case, played: Played, outcomes: readonly Outcome[]): string | undefined {
  const shown = `${played.end} after ${Math.round(played.ms)} ms with ${played.received}`;
  const alike = outcomes.filter(({ end, received }) => end === played.end && received.hex === played.received);
  if (alike.length === 0) {
    return `${shown}; a broker: ${outcomes.map(({ end, received }) => `${end} with ${received.hex}`).join(' or ')}`;
  }
  // Who left by itself, or was let be, has no end to compare.
  if (played.end === 'client-rst' || played.end === 'open') return undefined;
  const stretch = clock === 'handshake_timeout' ? TIMEOUT / MEASURED_TIMEOUT : 1;
  const least = Math.min(...alike.map(({ endMs }) => endMs[0])) * stretch - TOLERANCE;
  const most = Math.max(...alike.map(({ endMs }) => endMs[1])) * stretch + TOLERANCE;
  return played.ms < least || played.ms > most ? `${shown}; a broker: from ${least} to ${most} ms` : undefined;
}

/** A client that is still writing when it is refused may or may not see the farewell: a race, with any broker. */
function permitted(name: string, outcomes: ReadonlyMap<string, readonly Outcome[]>): readonly Outcome[] {
  const names = name === 'garbage-4m' ? [name, 'garbage-64k'] : [name];
  return names.flatMap((each) => outcomes.get(each) ?? []);
}

for (const { broker, dialect, close } of MEASURED) {
  test.serial(`each case that the header decides is decided as RabbitMQ ${broker} decided it`, async (t) => {
    const outcomes = outcomesOf(broker);
    // It takes on what is forwarded: AMQP 1.0 goes to 4.x only, and is answered as measured.
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
        const played = await replay(each, proxy, TIMEOUT);
        const found = difference(each, played, permitted(each.name, outcomes));
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
