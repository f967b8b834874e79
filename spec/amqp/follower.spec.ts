import test from 'ava';
import fc from 'fast-check';
import { encodeFieldTable } from '../../lib/amqp/field-table.js';
import { NOTHING_SAID } from '../../lib/amqp/handshake.js';
import { fieldTable } from '../../lib/amqp/plain-field.js';
import type { Stage } from '../../lib/amqp/stage.js';
import {
  broker,
  CLOSE_OK,
  client,
  clientHello,
  concat,
  frame,
  HEARTBEAT,
  hex,
  httpGet,
  plain,
  protocolHeader,
  splits,
} from '../support/bytes.js';
import { fixture } from '../support/fixture.js';
import { exposed, followed, type Said } from '../support/followed.js';

const follow = (said: readonly Said[]) => followed(said, '3.10.8');

const HEADER = protocolHeader(0, 0, 9, 1);
const PASSWORD = 's3cret-Passw0rd';

const CHANNEL_OPEN = hex('01 0001 00000005 0014000a 00 ce');

/** A connection that is opened and closed, in order. */
const conversation: readonly Said[] = [
  ['client', HEADER],
  ['upstream', broker.start()],
  ['client', client.startOk({ response: plain('app', PASSWORD) })],
  ['upstream', broker.tune()],
  ['client', client.tuneOk()],
  ['client', client.open('orders')],
  ['upstream', broker.openOk()],
  ['client', client.close()],
  ['upstream', CLOSE_OK],
];
const STAGES: readonly Stage[] = [
  'starting',
  'starting',
  'starting',
  'tuning',
  'opening',
  'opening',
  'running',
  'closing',
  'closed',
];

test('each step of the handshake leads to the stage that RabbitMQ names', (t) => {
  for (const [at, stage] of STAGES.entries()) t.is(follow(conversation.slice(0, at + 1)).follower.stage, stage);
});

test('the negotiated parameters and the methods up to Open-Ok are known', (t) => {
  t.deepEqual(exposed(follow(conversation)), {
    stage: 'closed',
    handshake: {
      product: 'app',
      version: '1.2',
      platform: 'test',
      connectionName: null,
      mechanism: 'PLAIN',
      user: 'app',
      vhost: 'orders',
      channelMax: 100,
      frameMax: 65_536,
      heartbeat: 30,
      serverProduct: 'RabbitMQ',
      serverVersion: '3.10.8',
    },
    hasStart: true,
    hasStartOk: true,
    failure: null,
    pending: null,
    close: { by: 'client', code: 200, name: 'SUCCESS', text: 'bye' },
    brokerError: null,
    callback: { name: 'frame_header' },
    answer: null,
    passed: [
      'connection.start',
      'connection.start-ok',
      'connection.tune',
      'connection.tune-ok',
      'connection.open',
      'connection.open-ok',
      'connection.close',
      'connection.close-ok',
    ],
  });
});

test("a real broker's Start is followed", (t) => {
  const { follower } = follow([
    ['client', HEADER],
    ['upstream', fixture('connection-start-3.10.8')],
  ]);
  t.like(follower.conversation?.handshake, { serverProduct: 'RabbitMQ', serverVersion: '3.10.8' });
});

test('the result is the same wherever the octets of one side are split', (t) => {
  const whole = exposed(follow(conversation));
  for (const [at, [by, octets]] of conversation.entries()) {
    for (const parts of splits(octets)) {
      const split = parts.map((part): Said => [by, part]);
      t.deepEqual(exposed(follow([...conversation.slice(0, at), ...split, ...conversation.slice(at + 1)])), whole);
    }
  }
});

test('the result is the same octet by octet', (t) => {
  const octets = conversation.flatMap(([by, said]) => Array.from(said, (octet): Said => [by, Uint8Array.of(octet)]));
  t.deepEqual(exposed(follow(octets)), exposed(follow(conversation)));
});

const spoken = (side: 'client' | 'upstream'): Said => [
  side,
  concat(...conversation.filter(([by]) => by === side).map(([, octets]) => octets)),
];

test('if the client sends its whole handshake at once, the stage is that of the broker', (t) => {
  const pipelined: readonly Said[] = [
    ['client', concat(HEADER, client.startOk(), client.tuneOk(), client.open())],
    ['upstream', broker.start()],
    ['upstream', broker.tune()],
    ['upstream', broker.openOk()],
  ];
  const stages = pipelined.map((_, at) => follow(pipelined.slice(0, at + 1)).follower.stage);
  t.deepEqual(stages, ['starting', 'starting', 'opening', 'running']);
});

test('a handshake in one chunk from each side is followed completely', (t) => {
  const { follower } = follow([spoken('client'), spoken('upstream')]);
  t.deepEqual(follower.conversation?.handshake, follow(conversation).follower.conversation?.handshake);
  t.is(follower.stage, 'closed');
});

test('the stage is header until the eighth octet', (t) => {
  for (const [head] of splits(HEADER).slice(0, -1)) t.is(follow([['client', head]]).follower.stage, 'header');
});

test('heartbeats change nothing', (t) => {
  const { follower } = follow([...conversation.slice(0, 4), ['client', HEARTBEAT], ['upstream', HEARTBEAT]]);
  t.is(follower.stage, 'tuning');
});

test('a SASL challenge leads to the stage securing', (t) => {
  const challenge = frame({ name: 'connection.secure', challenge: hex('01') });
  const answer = frame({ name: 'connection.secure-ok', response: hex('02') });
  const { follower } = follow([...conversation.slice(0, 3), ['upstream', challenge], ['client', answer]]);
  t.is(follower.stage, 'securing');
});

test('a Close before Open-Ok leads to the stage closing, its Close-Ok to closed', (t) => {
  const forced = frame({
    name: 'connection.close',
    replyCode: 530,
    replyText: 'NOT_ALLOWED',
    classId: 10,
    methodId: 40,
  });
  const refused: readonly Said[] = [...conversation.slice(0, 6), ['upstream', forced]];
  t.is(follow(refused).follower.stage, 'closing');
  const { follower } = follow([...refused, ['client', CLOSE_OK]]);
  t.is(follower.stage, 'closed');
  t.true(follower.conversation?.close !== null);
});

test('a client that answers the Close of a refused login with Close-Ok has closed, wherever its answer is split', (t) => {
  const close = { replyCode: 403, replyText: 'ACCESS_REFUSED', classId: 0, methodId: 0 };
  const refused = frame({ name: 'connection.close', ...close });
  const login = conversation.slice(0, 3);
  for (const [first, last] of splits(CLOSE_OK).slice(0, -1)) {
    const said: Said[] = [
      ['client', first],
      ['upstream', refused],
    ];
    // The first octets can overtake the Close, like those of any other frame.
    for (const order of [said, said.toReversed()]) {
      const { follower, passed } = follow([...login, ...order, ['client', last]]);
      t.is(follower.stage, 'closed');
      t.is(follower.conversation?.failure, null);
      t.deepEqual(passed.slice(-2), ['connection.close', 'connection.close-ok']);
    }
  }
});

/** A frame of AMQP 1.0, or of SASL; the body is hex. */
function frame10(type: 'amqp' | 'sasl', body: string): Uint8Array {
  const octets = hex(body);
  const size = (8 + octets.length).toString(16).padStart(8, '0');
  return concat(hex(`${size} 02 ${type === 'sasl' ? '01' : '00'} 0000`), octets);
}

const login10: readonly Said[] = [
  ['client', protocolHeader(3, 1, 0, 0)],
  ['upstream', concat(protocolHeader(3, 1, 0, 0), frame10('sasl', '005340 c00801 a305504c41494e'))],
  ['client', frame10('sasl', '005341 c01602 a305504c41494e a00c006775657374006775657374')],
];

test('AMQP 1.0: a login that was refused with an error is not pending', (t) => {
  const { conversation } = follow([...login10, ['upstream', frame10('sasl', '005344 c00301 5001')]]).follower;
  t.is(conversation?.handshake.user, 'guest');
  t.is(conversation?.failure?.name, 'handshake_error');
  t.is(conversation?.pending, null);
});

test('AMQP 1.0: the connection stays closed if the broker answers the answer to its own close', (t) => {
  const open = concat(protocolHeader(0, 1, 0, 0), frame10('amqp', '005310 c00401 a10162'));
  const { follower, passed } = follow([
    ...login10,
    ['upstream', frame10('sasl', '005344 c00301 5000')],
    ['client', open],
    ['upstream', open],
    ['upstream', frame10('amqp', '005318 c00c01 00531d c00601 a3036e6f21')],
    ['client', frame10('amqp', '00531845')],
    // 3.10.8 does this.
    ['upstream', frame10('amqp', '005318 c00201 40')],
  ]);
  t.is(follower.stage, 'closed');
  t.like(follower.conversation?.close, { by: 'upstream', name: 'no!' });
  t.deepEqual(passed.slice(-3), ['connection.open-ok', 'connection.close', 'connection.close-ok']);
});

test('a method from the wrong side is ignored', (t) => {
  const forged = exposed(
    follow([
      [
        'client',
        concat(HEADER, broker.start({ product: 'RabbitMQ', version: '4.9.9' }), broker.tune(), broker.openOk()),
      ],
      ['upstream', concat(client.startOk(), client.tuneOk(), client.open())],
    ]),
  );
  // For the broker, a Start from the client is out of order.
  t.like(forged.failure, { name: 'handshake_error', failure: { type: 'error' } });
  t.deepEqual({ ...forged, failure: null }, exposed(follow([['client', HEADER]])));
});

const answers: readonly (readonly [what: string, quad: readonly [number, number, number, number]])[] = [
  ['a refusal of 3.x', [0, 0, 9, 1]],
  ['a refusal of 4.x, or AMQP 1.0', [3, 1, 0, 0]],
];
for (const [what, quad] of answers) {
  test(`a header in place of Start is an answer, wherever it is split: ${what}`, (t) => {
    for (const [head, tail] of splits(concat(protocolHeader(...quad), fixture('sasl-mechanisms-4.0.5').subarray(8)))) {
      const { follower, passed } = follow([
        ['client', protocolHeader(3, 1, 0, 0)],
        ['upstream', head],
        ['upstream', tail],
      ]);
      t.deepEqual(follower.answer, quad);
      t.is(follower.stage, 'starting');
      t.false(passed.includes('connection.tune'));
    }
  });
}

test('a header in place of Start is an answer, whatever the client sent after its header', (t) => {
  for (const octets of [
    httpGet('/'),
    clientHello(),
    concat(protocolHeader(3, 1, 0, 0), hex('00000010 02010000 00534100')),
  ]) {
    const { follower } = follow([
      ['client', octets],
      ['upstream', protocolHeader(3, 1, 0, 0)],
    ]);
    t.deepEqual(follower.answer, [3, 1, 0, 0]);
  }
});

test('a header that is not at the beginning is not an answer', (t) => {
  t.is(follow([...conversation.slice(0, 2), ['upstream', HEADER]]).follower.answer, null);
});

test('no password appears anywhere, whatever the mechanism', (t) => {
  const amqplain = encodeFieldTable(fieldTable({ LOGIN: 'app', PASSWORD })).subarray(4);
  const responses: readonly (readonly [mechanism: string, response: Uint8Array])[] = [
    ['PLAIN', plain('app', PASSWORD)],
    ['PLAIN', Buffer.from(`app\0${PASSWORD}\0`)],
    ['PLAIN', Buffer.from(`\0${PASSWORD}`)],
    ['PLAIN', Buffer.from(PASSWORD)],
    ['AMQPLAIN', amqplain],
    ['RABBIT-CR-DEMO', Buffer.from(PASSWORD)],
  ];
  for (const [mechanism, response] of responses) {
    const seen = follow([['client', concat(HEADER, client.startOk({ mechanism, response }))]]);
    t.true(seen.follower.conversation?.hasStartOk === true);
    t.false(JSON.stringify([exposed(seen), seen.follower]).includes(PASSWORD), `${mechanism} ${response}`);
  }
});

test('a secret in a Secure-Ok does not appear', (t) => {
  const seen = follow([
    ['client', concat(HEADER, frame({ name: 'connection.secure-ok', response: Buffer.from(PASSWORD) }))],
  ]);
  t.false(JSON.stringify([exposed(seen), seen.follower]).includes(PASSWORD));
  t.deepEqual(seen.follower.conversation?.handshake, NOTHING_SAID);
});

test('octets that cannot be parsed are ignored: garbage after the header, then a valid Start-Ok', (t) => {
  for (const garbage of [
    Buffer.from('GARBAGE GARBAGE'),
    hex('01 0000 00000001 00 ce'),
    hex('01 0000 00000004 000a000b ce'),
  ]) {
    const { follower, passed } = follow([
      ['client', concat(HEADER, garbage)],
      ['client', client.startOk()],
      ['upstream', broker.start()],
    ]);
    t.deepEqual(passed, ['connection.start']);
    t.is(follower.stage, 'starting');
    t.not(follower.conversation?.failure, null);
  }
});

const anySaid = fc.array(
  fc.tuple(
    fc.constantFrom('client' as const, 'upstream' as const),
    fc.oneof(fc.uint8Array({ maxLength: 30 }), fc.constantFrom(...conversation.map(([, octets]) => octets))),
  ),
  { maxLength: 12 },
);

test('the follower never throws', (t) => {
  t.notThrows(() => fc.assert(fc.property(anySaid, (said) => void exposed(follow(said)))));
});

test('the follower does not throw if any one octet of the conversation is wrong', (t) => {
  const octets = fc.integer({ min: 0, max: 255 });
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.nat(conversation.length - 1), fc.nat(400), octets, (which, at, octet) => {
        const changed = conversation.map(([by, said], nth): Said => {
          const copy = Uint8Array.from(said);
          if (nth === which) copy[at % copy.length] = octet;
          return [by, copy];
        });
        exposed(follow(changed));
      }),
    ),
  );
});

test('a second protocol header on an open connection is not a frame', (t) => {
  for (const opened of [conversation.slice(0, 6), conversation.slice(0, 7)]) {
    for (const parts of splits(HEADER)) {
      const said = [...opened, ...parts.map((part): Said => ['client', part])];
      t.is(follow(said).follower.unreadable, 'client');
    }
  }
  t.is(follow([...conversation.slice(0, 7), ['upstream', HEADER]]).follower.unreadable, 'upstream');
});

test('a server that echoes the header of 0-9-1 cannot be read, with or without a Start after it', (t) => {
  for (const said of [conversation.slice(0, 1), conversation.slice(0, 1).concat([['client', client.startOk()]])]) {
    t.is(follow([...said, ['upstream', HEADER]]).follower.unreadable, 'upstream');
    t.is(follow([...said, ['upstream', concat(HEADER, broker.start())]]).follower.unreadable, 'upstream');
    // These are answers of a broker.
    t.is(follow([...said, ['upstream', protocolHeader(3, 1, 0, 0)]]).follower.unreadable, null);
    t.is(follow([...said, ['upstream', broker.start()]]).follower.unreadable, null);
  }
  const amqp10 = protocolHeader(3, 1, 0, 0);
  t.is(
    follow([
      ['client', amqp10],
      ['upstream', amqp10],
    ]).follower.unreadable,
    null,
  );
});

test('the side that sends octets that are not frames is known, and the other is still followed', (t) => {
  const lost = (said: readonly Said[]) => follow(said).follower.unreadable;
  t.is(lost(conversation), null);
  const opened = conversation.slice(0, 7);
  const garbage = Buffer.from('GET / HTTP/1.1\r\n\r\n');
  t.is(lost([...conversation.slice(0, 2), ['client', garbage]]), 'client');
  t.is(lost([...opened, ['client', hex('01 0000 00000000 00')]]), 'client');
  const upstream = follow([...opened, ['upstream', hex('01 0000 00000000 00')], ['client', client.close()]]);
  t.is(upstream.follower.conversation?.unreadable, 'upstream');
  t.is(upstream.follower.stage, 'closing');
});

test('a client that opens a channel has one, also if its channel and its Close arrive together', (t) => {
  const open = conversation.slice(0, 7);
  t.false(follow(open).follower.conversation?.hasChannel);
  t.false(follow([...open, ['client', HEARTBEAT], ['client', client.close()]]).follower.conversation?.hasChannel);
  t.true(follow([...open, ['client', CHANNEL_OPEN]]).follower.conversation?.hasChannel);
  t.true(follow([...open, ['client', concat(CHANNEL_OPEN, client.close())]]).follower.conversation?.hasChannel);
});
