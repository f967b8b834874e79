import test from 'ava';
import type { ConnectionClose, Conversation } from '../../lib/amqp/conversation.js';
import { Conversation091 } from '../../lib/amqp/conversation-0-9-1.js';
import { dialectOf } from '../../lib/amqp/dialect.js';
import { encodeFrame } from '../../lib/amqp/frame.js';
import { broker, CLOSE_OK, client, concat, frame, HEARTBEAT, hex, plain, splits } from '../support/bytes.js';

type Said = readonly [by: 'client' | 'upstream', octets: Uint8Array];

function follow(said: readonly Said[], isAmqp08 = false): Conversation {
  const conversation = new Conversation091(dialectOf('3.10.8'), isAmqp08, () => {});
  for (const [by, octets] of said) {
    if (by === 'client') conversation.fromClient(octets);
    else conversation.fromUpstream(octets);
  }
  return conversation;
}

/** How a connection is opened. */
const opening: readonly Said[] = [
  ['upstream', broker.start()],
  ['client', client.startOk()],
  ['upstream', broker.tune()],
  ['client', client.tuneOk()],
  ['client', client.open()],
  ['upstream', broker.openOk()],
];

const closeOf = (replyCode: number, replyText: string, [classId, methodId]: readonly [number, number] = [0, 0]) =>
  frame({ name: 'connection.close', replyCode, replyText, classId, methodId });
const FORCED = closeOf(320, 'CONNECTION_FORCED - shutdown');
const CHANNEL_OPEN = (channel: number) => encodeFrame(1, channel, hex('0014000a00'));

const pendingOf = (said: readonly Said[]) => said.map((_, at) => follow(said.slice(0, at + 1)).pending);

test('a login and an Open are pending until the broker answers', (t) => {
  t.deepEqual(pendingOf(opening), [null, 'login', null, null, 'open', null]);
});

test('the answer to a challenge is also pending', (t) => {
  const challenge = frame({ name: 'connection.secure', challenge: hex('01') });
  const answer = frame({ name: 'connection.secure-ok', response: hex('02') });
  t.deepEqual(
    pendingOf([...opening.slice(0, 2), ['upstream', challenge], ['client', answer], ['upstream', broker.tune()]]),
    [null, 'login', null, 'login', null],
  );
});

test('a malformed login is not pending: the broker will not answer it', (t) => {
  const { pending, failure } = follow([
    ['upstream', broker.start()],
    ['client', client.startOk({ mechanism: 'NOPE' })],
  ]);
  t.is(pending, null);
  t.not(failure, null);
});

test('a login is no longer pending if the broker does not offer its mechanism', (t) => {
  const said: readonly Said[] = [
    ['client', client.startOk({ mechanism: 'EXTERNAL' })],
    ['upstream', broker.start()],
  ];
  t.deepEqual(pendingOf(said), ['login', null]);
});

test('if the client does not wait, the login is pending first', (t) => {
  const said: readonly Said[] = [
    ['client', concat(client.startOk(), client.tuneOk(), client.open())],
    ['upstream', broker.start()],
    ['upstream', broker.tune()],
    ['upstream', broker.openOk()],
  ];
  t.deepEqual(pendingOf(said), ['login', 'login', 'open', null]);
});

test('nothing is pending after a Close from the broker', (t) => {
  const refused = closeOf(403, 'ACCESS_REFUSED - Login was refused');
  t.is(follow([...opening.slice(0, 2), ['upstream', refused]]).pending, null);
});

test('a Close with an error has the method that caused it and the stage', (t) => {
  const missing = closeOf(530, 'NOT_ALLOWED - vhost nowhere not found', [10, 40]);
  const { brokerError, close, stage } = follow([...opening.slice(0, 5), ['upstream', missing]]);
  t.deepEqual(brokerError, {
    code: 530,
    text: 'NOT_ALLOWED - vhost nowhere not found',
    classId: 10,
    methodId: 40,
    channel: 0,
    stage: 'opening',
  });
  t.deepEqual(close, {
    by: 'upstream',
    code: 530,
    name: 'NOT_ALLOWED',
    text: 'NOT_ALLOWED - vhost nowhere not found',
  });
  t.is(stage, 'closing');
});

test('the error of an open connection has the channel of the last frame from the client', (t) => {
  for (const [frames, channel] of [
    [hex(''), 0],
    [CHANNEL_OPEN(7), 7],
    [concat(CHANNEL_OPEN(7), CHANNEL_OPEN(8)), 8],
    [concat(CHANNEL_OPEN(7), HEARTBEAT), 0],
    [concat(CHANNEL_OPEN(7), CHANNEL_OPEN(9).subarray(0, 7)), 9],
  ] as const) {
    t.like(follow([...opening, ['client', frames], ['upstream', FORCED]]).brokerError, { channel, stage: 'running' });
  }
});

test('a Close with 200 is not an error', (t) => {
  const { brokerError, close } = follow([...opening, ['upstream', closeOf(200, 'Goodbye')]]);
  t.is(brokerError, null);
  t.like(close, { by: 'upstream', code: 200, name: 'SUCCESS' });
});

test('an unknown reply code has no name', (t) => {
  t.like(follow([...opening, ['upstream', closeOf(999, 'what')]]).close, { code: 999, name: null, text: 'what' });
});

test('only the first Close counts', (t) => {
  const CLIENT: ConnectionClose = { by: 'client', code: 200, name: 'SUCCESS', text: 'bye' };
  t.deepEqual(follow([...opening, ['client', client.close()], ['upstream', FORCED]]).close, CLIENT);
  t.like(follow([...opening, ['upstream', FORCED], ['client', client.close()]]).close, { by: 'upstream', code: 320 });
});

test('a split Close among other frames is found on both sides', (t) => {
  const busy = concat(CHANNEL_OPEN(1), encodeFrame(3, 1, new Uint8Array(9_000)), HEARTBEAT);
  for (const [by, close] of [
    ['client', client.close()],
    ['upstream', FORCED],
  ] as const) {
    for (const [head, tail] of splits(close)) {
      const conversation = follow([...opening, [by, concat(busy, head)], [by, concat(tail, HEARTBEAT)]]);
      t.is(conversation.stage, 'closing');
      t.is(conversation.close?.by, by);
    }
  }
});

test('a Close in the same octets as the Open or the Open-Ok is found', (t) => {
  const atOnce = concat(client.startOk(), client.tuneOk(), client.open(), CHANNEL_OPEN(1), client.close());
  const answered: readonly Said[] = [
    ['client', atOnce],
    ['upstream', concat(broker.start(), broker.tune(), broker.openOk(), CLOSE_OK)],
  ];
  t.is(follow(answered).stage, 'closed');
  t.like(follow(answered).close, { by: 'client', code: 200 });
  t.is(follow([...opening.slice(0, 5), ['upstream', concat(broker.openOk(), FORCED)]]).close?.by, 'upstream');
});

test('a Close from the client before Open-Ok does not change the stage', (t) => {
  const conversation = follow([...opening.slice(0, 5), ['client', client.close()]]);
  t.is(conversation.stage, 'opening');
  t.is(conversation.close?.by, 'client');
});

test('a Close on a channel other than 0 is ignored', (t) => {
  const elsewhere = encodeFrame(1, 1, client.close().subarray(7, -1));
  t.is(follow([...opening, ['client', elsewhere]]).close, null);
});

test('in 0-8 Close and Close-Ok have different ids', (t) => {
  const as08 = (octets: Uint8Array, id: number): Uint8Array => {
    const copy = Uint8Array.from(octets);
    copy[10] = id;
    return copy;
  };
  const said: readonly Said[] = [...opening, ['client', as08(client.close(), 60)], ['upstream', as08(CLOSE_OK, 61)]];
  t.is(follow(said, true).stage, 'closed');
  t.like(follow(said, true).close, { by: 'client', code: 200, text: 'bye' });
  t.is(follow(said, false).close, null);
});

test('the callback is exact until Open, and frame_header after that', (t) => {
  const startOk = client.startOk();
  t.deepEqual(follow([['client', startOk.subarray(0, 20)]]).callback, {
    name: 'frame_payload',
    type: 1,
    channel: 0,
    size: startOk.length - 8,
  });
  t.deepEqual(follow([...opening, ['client', CHANNEL_OPEN(1).subarray(0, 9)]]).callback, { name: 'frame_header' });
});

test('garbage from one side of an open connection does not affect the other', (t) => {
  const garbage = hex('01 0000 00000001 00 00 47415242414745');
  t.is(follow([...opening, ['client', garbage], ['upstream', FORCED]]).close?.by, 'upstream');
  t.is(follow([...opening, ['upstream', garbage], ['client', client.close()]]).close?.by, 'client');
  t.is(follow([...opening, ['client', concat(garbage, client.close())]]).close, null);
});

test('after a frame from the broker that is too large before Open-Ok, later octets are neither read nor buffered', (t) => {
  const conversation = follow([
    ['upstream', hex('01 0000 7fffffff 000a')],
    ['upstream', new Uint8Array(100_000)],
    ['upstream', broker.tune()],
    ['client', client.startOk({ response: plain('app', 'x') })],
  ]);
  t.is(conversation.stage, 'starting');
  t.like(conversation.handshake, { user: 'app', serverProduct: null });
});

test("a broker's Start may be longer than the limit for clients", (t) => {
  const start = broker.start({ product: 'RabbitMQ', version: '4.3.6', padding: 'x'.repeat(20_000) });
  const conversation = follow([['upstream', start]]);
  t.like(conversation, { unreadable: null, handshake: { serverVersion: '4.3.6' } });
});

test('a Start-Ok that is longer than the default allows is followed once the broker has accepted it', (t) => {
  const startOk = client.startOk({ properties: { product: 'app', padding: 'x'.repeat(18_000) } });
  const passed: string[] = [];
  const conversation = new Conversation091(dialectOf('3.10.8'), false, (name) => passed.push(name));
  conversation.fromUpstream(broker.start());
  conversation.fromClient(startOk);
  t.like(conversation, { unreadable: 'client', hasStartOk: false, stage: 'starting', pending: null });
  conversation.fromUpstream(broker.tune());
  t.like(conversation, { unreadable: null, hasStartOk: true, stage: 'tuning', pending: null, failure: null });
  conversation.fromClient(concat(client.tuneOk(), client.open()));
  conversation.fromUpstream(broker.openOk());
  t.like(conversation, { unreadable: null, stage: 'running', failure: null });
  t.like(conversation.handshake, { product: 'app', user: 'guest', vhost: '/' });
  conversation.fromClient(client.close());
  t.is(conversation.stage, 'closing');
  t.deepEqual(
    passed.map((name) => name.replace('connection.', '')),
    ['start', 'start-ok', 'tune', 'tune-ok', 'open', 'open-ok', 'close'],
  );
});

test('after a frame that is too large to be read, nothing of the client is read, wherever its octets are split', (t) => {
  const startOk = client.startOk({ properties: { product: 'app', padding: 'x'.repeat(18_000) } });
  // The broker has accepted more than the default allows, so that any size may be acceptable.
  const large = concat(hex('01 0000 1f000000'), client.close(), client.close());
  for (const parts of [[large], ...splits(large)]) {
    const conversation = follow([
      ['upstream', broker.start()],
      ['client', startOk],
      ['upstream', broker.tune()],
      ...parts.map((part): ['client', Uint8Array] => ['client', part]),
      ['upstream', broker.openOk()],
      ['upstream', FORCED],
      ['client', CLOSE_OK],
    ]);
    t.like(conversation, { unreadable: 'client', underWay: null, stage: 'closing' });
  }
});

test('after an error, and more octets than are kept, nothing of the client is read', (t) => {
  const startOk = client.startOk({ mechanism: 'NONE' });
  const conversation = follow([
    ['upstream', broker.start()],
    ['client', startOk],
    ['client', new Uint8Array(140_000)],
    ['upstream', broker.tune()],
    ['upstream', broker.openOk()],
    ['upstream', FORCED],
    ['client', CLOSE_OK],
  ]);
  t.like(conversation, { unreadable: 'client', underWay: null, stage: 'closing' });
});

test('a whole handshake in one chunk whose Start-Ok is too long for the default is followed', (t) => {
  const startOk = client.startOk({ properties: { product: 'app', padding: 'x'.repeat(18_000) } });
  const conversation = follow([
    ['client', concat(startOk, client.tuneOk(), client.open(), client.close())],
    ['upstream', concat(broker.start(), broker.tune(), broker.openOk(), CLOSE_OK)],
  ]);
  t.like(conversation, { unreadable: null, failure: null, close: { by: 'client', code: 200 } });
  t.like(conversation.handshake, { user: 'guest', vhost: '/' });
});

test('the connection name set by the client is known', (t) => {
  const properties = { product: 'app', connection_name: 'orders-1' };
  t.is(follow([['client', client.startOk({ properties })]]).handshake.connectionName, 'orders-1');
});

test('a broker sleeps 3 s before it refuses a login', (t) => t.is(follow([]).sleep, 3_000));
