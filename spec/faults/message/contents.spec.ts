import { isDeepStrictEqual } from 'node:util';
import test from 'ava';
import fc from 'fast-check';
import { FRAME_END, FRAME_HEADER_LENGTH, FRAME_TYPE, isFrameType } from '../../../lib/amqp/frame.js';
import { concat, frame, HEARTBEAT, hex } from '../../support/bytes.js';
import type { Gated } from '../../support/gated.js';
import {
  answer,
  channelClose,
  channelCloseOk,
  confirmSelect,
  consume,
  consumeOk,
  content,
  declare,
  deliver,
  opened,
  publish,
  told,
} from '../../support/messages.js';

const ALL = [
  { type: 'amqp_channel_close', when: { queue: 'refused' } },
  { type: 'amqp_cancel', when: { queue: 'canceled' } },
  { type: 'amqp_return', attributes: { share: 0.5 } },
  { type: 'amqp_nack', attributes: { share: 0.5 } },
  { type: 'amqp_confirm' },
  { type: 'amqp_deliver', name: 'a', attributes: { share: 0.5 } },
  { type: 'amqp_deliver', name: 'b', attributes: { how: 'reorder', batch: 2 } },
];

const CLIENT = concat(
  ...[confirmSelect(), declare('refused', 2), consume('orders'), consume('canceled', { tag: 'd' }), HEARTBEAT],
  ...[
    publish('one', { mandatory: true }),
    publish('a longer body', { mandatory: true }),
    publish('', { mandatory: true }),
  ],
  ...[channelCloseOk(2), answer('ack', 1), answer('ack', 4, 1)],
);
const UPSTREAM = concat(
  ...[consumeOk(), consumeOk('d'), deliver(1, 'one'), deliver(2, 'another longer body', { consumer: 'd' }), HEARTBEAT],
  ...[
    deliver(3, ''),
    deliver(4, 'four'),
    answer('ack', 2, 1),
    answer('ack', 3),
    channelCloseOk(2),
    channelClose(404, 'x'),
  ],
);

test('where octets are split makes no difference', (t) => {
  const play = (upstream: readonly Uint8Array[], client: readonly Uint8Array[]) => {
    const gated = opened(ALL)
      .from('client', ...client)
      .from('upstream', ...upstream)
      .advance(100);
    return [gated.take('client'), gated.take('upstream')]
      .map((octets) => Buffer.from(octets).toString('hex'))
      .join(' ');
  };
  const whole = play([UPSTREAM], [CLIENT]);
  const cut = (octets: Uint8Array, places: readonly number[]) => {
    const at = [0, ...places.map((place) => place % octets.length).toSorted((a, b) => a - b), octets.length];
    return at.slice(1).map((end, nth) => octets.subarray(at[nth], end));
  };
  const places = fc.array(fc.nat(2000), { maxLength: 12 });
  t.notThrows(() =>
    fc.assert(fc.property(places, places, (up, down) => play(cut(UPSTREAM, up), cut(CLIENT, down)) === whole)),
  );
  t.is(
    play(
      [...UPSTREAM].map((octet) => Uint8Array.of(octet)),
      [...CLIENT].map((octet) => Uint8Array.of(octet)),
    ),
    whole,
  );
});

/**
 * The octets by channel, and what follows the last whole frame. Frames of one channel, and heartbeats, may pass a content of another
 * channel that is incomplete.
 */
function byChannel(octets: Uint8Array): Readonly<Record<string, string>> {
  const bytes = Buffer.from(octets);
  const found: Record<string, string> = {};
  let at = 0;
  while (at + FRAME_HEADER_LENGTH <= bytes.length && isFrameType(bytes.readUInt8(at))) {
    const end = at + FRAME_HEADER_LENGTH + bytes.readUInt32BE(at + 3);
    if (bytes[end] !== FRAME_END) break;
    const key = bytes[at] === FRAME_TYPE.heartbeat ? 'heartbeat' : `${bytes.readUInt16BE(at + 1)}`;
    found[key] = (found[key] ?? '') + bytes.toString('latin1', at, end + 1);
    at = end + 1;
  }
  return { ...found, rest: bytes.toString('latin1', at) };
}

test('faults that select nothing change nothing, for any octets, and when they are added and removed anywhere', (t) => {
  const never = ALL.map((each) => ({
    ...each,
    attributes: { ...(each as { attributes?: object }).attributes, share: 0 },
  }));
  const chunk = fc.oneof(
    fc.uint8Array({ maxLength: 30 }),
    fc.constantFrom(
      ...[
        publish('body of some length'),
        HEARTBEAT,
        deliver(1, 'x'),
        content(3, 'stray'),
        answer('ack', 7),
        declare('q'),
      ],
      ...[
        publish('cut short').subarray(0, 40),
        frame({ name: 'connection.unblocked' }),
        hex('02 0001 00000003 aabbcc ce'),
      ],
    ),
  );
  const chunks = fc.array(fc.tuple(fc.constantFrom('client', 'upstream', 'add', 'remove'), chunk), { maxLength: 15 });
  t.notThrows(() =>
    fc.assert(
      fc.property(chunks, (all) => {
        const gated = opened([]);
        const sent = { client: [] as Uint8Array[], upstream: [] as Uint8Array[] };
        for (const [what, octets] of all) {
          if (what === 'add') gated.setFaults(...never);
          else if (what === 'remove') gated.setFaults();
          else {
            gated.from(what, octets);
            sent[what].push(octets);
          }
        }
        // What is not complete is passed on in the end.
        gated.end('client', 'fin').end('upstream', 'fin');
        for (const [from, to] of [
          ['client', 'upstream'],
          ['upstream', 'client'],
        ] as const)
          if (!isDeepStrictEqual(byChannel(gated.take(to)), byChannel(concat(...sent[from])))) return false;
        return true;
      }),
    ),
  );
});

test('a body of more than 2 MiB passes in pieces; what a fault sends on its channel waits for its end', (t) => {
  const gated = opened([{ type: 'amqp_cancel', attributes: { delay: 10 } }]);
  gated.from('client', consume('q')).from('upstream', consumeOk());
  gated.take('client');
  gated.take('upstream');
  const large = publish('x'.repeat(1_500_000));
  const [head, rest] = [large.subarray(0, 2_400_000), large.subarray(2_400_000)];
  gated.from('client', head);
  t.true(gated.take('upstream').length > 2 * 1024 ** 2);
  gated.advance(10).from('client', rest);
  t.is(told(gated.take('upstream')).at(-1), '1 basic.cancel c');
});

test('a message that is refused is discarded, however large it is', (t) => {
  const gated = opened([{ type: 'amqp_channel_close', when: { method: 'basic.publish' } }]);
  gated.from('client', publish('x'.repeat(1_500_000)), publish('y', { channel: 2 }).subarray(0, 20));
  t.deepEqual(told(gated.take('upstream')), ['1 channel.close']);
  t.is(told(gated.take('client')).length, 1);
});

/** A consumer, and a message of the broker to it, on which the fault acts. */
function delivered(fault: object, octets: Uint8Array): Gated {
  const gated = opened([fault]).from('client', consume('q')).from('upstream', consumeOk());
  gated.take('client');
  gated.take('upstream');
  return gated.from('upstream', octets);
}

const MESSAGE = deliver(1, 'a body of several frames');
const METHOD = MESSAGE.subarray(0, MESSAGE.indexOf(0xce) + 1);

for (const [what, value, at] of [
  ['channel', 9, 1],
  ['class', 77, 7],
] as const) {
  test(`amqp_corrupt at running: the ${what} of a method that a condition selects`, (t) => {
    const fault = {
      type: 'amqp_corrupt',
      attributes: { at: 'running', what, value },
      when: { method: 'basic.deliver' },
    };
    const got = delivered(fault, concat(MESSAGE, MESSAGE)).take('client');
    const expected = concat(MESSAGE, MESSAGE);
    expected.set([0, value], at);
    t.deepEqual(got, expected, 'only one message');
  });
}

for (const [what, value, expected] of [
  ['body_size', '9223372036854775808', '02 0001 0000000e 003c 0000 8000000000000000 0000 ce'],
  ['body_size', 5, '02 0001 0000000e 003c 0000 0000000000000005 0000 ce'],
  ['header_class', 61, '02 0001 0000000e 003d 0000 0000000000000018 0000 ce'],
  ['header_tail', 1, '02 0001 00000012 003c 0000 0000000000000018 0000 00000001 ce'],
] as const) {
  test(`amqp_corrupt at running: the ${what} of the next content becomes ${value}`, (t) => {
    const fault = { type: 'amqp_corrupt', attributes: { at: 'running', what, value } };
    const gated = delivered(fault, MESSAGE);
    const got = gated.take('client');
    const header = hex(expected);
    t.deepEqual(got.subarray(METHOD.length, METHOD.length + header.length), header);
    const before = METHOD.length + content(1, '').length;
    t.deepEqual(got.subarray(METHOD.length + header.length), MESSAGE.subarray(before));
    t.true(gated.gate.isAtRest);
  });
}

test('amqp_corrupt of a method of the client', (t) => {
  const attributes = { at: 'running', what: 'body_size', value: 2 };
  const gated = opened([{ type: 'amqp_corrupt', attributes, when: { method: 'basic.publish' } }]);
  gated.from('upstream', deliver(1, 'abc')).from('client', publish('abc'));
  t.deepEqual(gated.take('client'), deliver(1, 'abc'));
  t.notDeepEqual(gated.take('upstream'), publish('abc'));
});

for (const then of ['rst', 'fin', 'stall'] as const) {
  test(`amqp_truncate of a body, then ${then}`, (t) => {
    const gated = delivered(
      { type: 'amqp_truncate', attributes: { at: 'running', what: 'body', octets: 14, then } },
      concat(MESSAGE, HEARTBEAT),
    );
    const got = gated.take('client');
    t.true(Buffer.from(got).toString('latin1').endsWith('a body of \xce\x03\x00\x01\x00\x00\x00\x0aseve'));
    gated.from('upstream', HEARTBEAT);
    t.is(gated.take('client').length, 0);
    t.deepEqual(gated.ended.client, then === 'stall' ? [] : [then]);
    if (then !== 'stall') {
      const goodbye = frame({
        name: 'connection.close',
        replyCode: 200,
        replyText: 'Goodbye',
        classId: 0,
        methodId: 0,
      });
      t.true(Buffer.from(gated.take('upstream')).equals(goodbye));
      gated.from('upstream', frame({ name: 'connection.close-ok' }));
      t.deepEqual(gated.ended.upstream, ['fin'], 'when the broker has answered');
      return;
    }
    gated.setFaults();
    t.deepEqual(concat(got, gated.take('client')), concat(MESSAGE, HEARTBEAT, HEARTBEAT));
    t.true(gated.gate.isAtRest);
  });
}

test('amqp_truncate of a method that a condition selects', (t) => {
  const fault = { type: 'amqp_truncate', attributes: { at: 'running', octets: 9 }, when: { method: 'basic.deliver' } };
  const gated = delivered(fault, MESSAGE);
  t.deepEqual(gated.take('client'), MESSAGE.subarray(0, 9));
  t.deepEqual(gated.ended.client, ['rst']);
});
