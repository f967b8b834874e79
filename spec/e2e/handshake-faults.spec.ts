import test from 'ava';
import { METHOD_MOMENTS } from '../../lib/faults/handshake/attributes.js';
import type { Moment, Place } from '../../lib/faults/moment.js';
import type { FaultInput } from '../../lib/index.js';
import { heardUntil, openBeside, recordTalk, type Talk } from '../support/broker-talk.js';
import { A91, CLOSE_OK, frame, hex } from '../support/bytes.js';

const PLACES = ['before', 'middle', 'after'] as const;
/** In ms. */
const TIMEOUT = 100;

let talk: Talk;
test.before(async () => {
  talk = await recordTalk();
});

/** A fault that ends its connection. */
type Case = {
  readonly fault: FaultInput;
  readonly at: Moment;
  readonly place?: Place;
  /** Bytes that the client receives after the broker's bytes up to that place. */
  readonly more?: Uint8Array;
  readonly close: 'fin' | 'rst';
  /** Whether the client answers Close. */
  readonly answers?: boolean;
  /** Minimum duration in ms. */
  readonly lasts?: number;
  readonly report?: object;
};

const CLOSE = frame({
  name: 'connection.close',
  replyCode: 320,
  replyText: 'CONNECTION_FORCED - closed by rabbit-snare',
  classId: 0,
  methodId: 0,
});

const cases: readonly Case[] = [
  ...(['amqp_reset', 'amqp_fin'] as const).flatMap((type): Case[] => {
    const close = type === 'amqp_reset' ? 'rst' : 'fin';
    return [
      { fault: { type, attributes: { at: 'accept' } }, at: 'accept', close },
      ...[0, 5, 8].map(
        (octets): Case => ({ fault: { type, attributes: { at: 'header', octets } }, at: 'header', close }),
      ),
      ...METHOD_MOMENTS.flatMap((at) =>
        PLACES.map((place): Case => ({ fault: { type, attributes: { at, place } }, at, place, close })),
      ),
    ];
  }),
  ...METHOD_MOMENTS.flatMap((at) =>
    PLACES.map(
      (place): Case => ({
        fault: { type: 'amqp_close', attributes: { at, place } },
        at,
        place,
        more: CLOSE,
        answers: true,
        close: 'rst',
        report: { reason: { name: 'connection_closed' }, connectionClose: { by: 'proxy', code: 320 } },
      }),
    ),
  ),
  ...(['start', 'tune', 'running'] as const).flatMap((at) =>
    (['rst', 'fin'] as const).map(
      (close): Case => ({
        fault: { type: 'amqp_truncate', attributes: { at, then: close } },
        at,
        place: 'middle',
        close,
      }),
    ),
  ),
  ...(['accept', 'header', ...METHOD_MOMENTS] as const).flatMap((at) =>
    (['rst', 'fin'] as const).map(
      (close): Case => ({
        fault: { type: 'amqp_stall', attributes: { at, place: 'before', timeout: TIMEOUT, then: close } },
        at,
        close,
        lasts: TIMEOUT,
      }),
    ),
  ),
  ...(
    [
      ['bad_header', A91],
      ['bad_version', A91],
      ['sasl_required', '414d515003010000'],
      ['amqp1_0_plugin_not_enabled', A91],
    ] as const
  ).flatMap(([reason, farewell]) =>
    (['rst', 'fin'] as const).map(
      (close): Case => ({
        fault: { type: 'amqp_refuse', attributes: { reason, close } },
        at: 'header',
        more: hex(farewell),
        close,
        report: { reason: { name: reason } },
      }),
    ),
  ),
];

for (const { fault, at, place = 'before', more, close, answers = false, lasts = 0, report } of cases) {
  const attributes = Object.entries(fault.attributes ?? {}).map(([key, value]) => `${key}=${value}`);
  test(`${fault.type} ${attributes.join(' ')} ends only the client's connection, at that place`, async (t) => {
    const began = performance.now();
    const { snare, fault: here, wire, name, log, untouched } = await openBeside(t, talk, fault);
    const expected = Buffer.concat([heardUntil(talk, at, place), ...(more ? [more] : [])]);
    if (answers) {
      await wire.octets(expected.length);
      await wire.send(CLOSE_OK);
    }
    t.is(await wire.how(), close);
    t.true(performance.now() - began >= lasts);
    t.deepEqual(wire.received, expected);
    wire.destroy();
    const isDialled = at !== 'accept' && at !== 'header';
    const seen = await snare.nextReport({ fault: 'here' });
    t.like(seen, {
      decision: 'fault',
      reason: { name: 'fault', term: 'fault: here', severity: 'info' },
      fault: { name: 'here', type: fault.type, at },
      octets: { sent: expected.length },
      ended: { by: 'proxy', clientSaw: close, upstreamSaw: isDialled ? 'fin' : null },
      ...report,
    });
    t.is(seen.upstream === null, !isDialled);
    t.is(seen.faults.length, 1);
    t.is(here.seen.length, 1);
    await untouched();
    const leaves = LEAVES[at];
    if (leaves !== undefined) await t.notThrowsAsync(log.waitFor(leaves(name), 10_000));
  });
}

/** The broker's log text for it, where the broker knows the connection's name. */
const abruptly = (name: string) =>
  new RegExp(`closing AMQP connection .*${name}.*:\\n.*client unexpectedly closed TCP`);
const politely = (name: string) => new RegExp(`closing AMQP connection .*${name}.*\\)\\n`);
const LEAVES: Partial<Record<Moment, (name: string) => RegExp>> = {
  tune: abruptly,
  'tune-ok': abruptly,
  open: politely,
  running: politely,
};
