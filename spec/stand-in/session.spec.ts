import test from 'ava';
import fc from 'fast-check';
import { type ConnectionMethod, decodeMethod } from '../../lib/amqp/connection-methods.js';
import { textOf } from '../../lib/amqp/field-table.js';
import { encodeFrame, FRAME_TYPE } from '../../lib/amqp/frame.js';
import type { Quad } from '../../lib/amqp/header.js';
import { fieldTable } from '../../lib/amqp/plain-field.js';
import { type Answer, Session } from '../../lib/stand-in/session.js';
import { ascii, broker, CLOSE_OK, client, concat, HEARTBEAT, hex, splits } from '../support/bytes.js';

const QUAD: Quad = [0, 0, 9, 1];
const NOTHING: Answer = { octets: [], isOver: false };

const open = (): Session => new Session(fieldTable({ product: 'RabbitMQ', version: '3.13.7' }));
const HANDSHAKE = [client.startOk(), client.tuneOk(), client.open()];

/** A session that has completed the handshake and received these octets. */
function opened(...more: readonly Uint8Array[]): Session {
  const session = open();
  for (const octets of [...HANDSHAKE, ...more]) session.read(octets);
  return session;
}

const method = (octets: Uint8Array): ConnectionMethod => decodeMethod(octets.subarray(7, -1)) as ConnectionMethod;
const said = ({ octets }: Answer): Uint8Array => concat(...octets);

/** A Close from the stand-in, without its text. */
const closeIn = (answer: Answer) => {
  const { replyText, ...close } = method(said(answer)) as Extract<ConnectionMethod, { name: 'connection.close' }>;
  return { ...close, named: replyText.split(' - ')[0], isOver: answer.isOver };
};

/** A method frame of another class: channel.open is 20 10, basic.publish 60 40. */
const other = (channel: number, classId: number, methodId: number, more: Uint8Array = ascii('')): Uint8Array =>
  encodeFrame(FRAME_TYPE.method, channel, concat(Uint8Array.of(0, classId, 0, methodId), more));

for (const [quad, major, minor] of [
  [[0, 0, 9, 1], 0, 9],
  [[1, 1, 0, 9], 0, 9],
  [[1, 1, 8, 0], 8, 0],
  [[1, 1, 9, 1], 8, 0],
] as const) {
  test(`it answers ${quad.join(' ')} with Start and version ${major}-${minor}`, (t) => {
    const start = method(open().greet(quad));
    if (start.name !== 'connection.start') return t.fail(start.name);
    t.like(start, { versionMajor: major, versionMinor: minor, mechanisms: 'PLAIN AMQPLAIN', locales: 'en_US' });
    t.is(textOf(start.serverProperties, 'version'), '3.13.7');
  });
}

test('a handshake is answered like a broker does, and the connection is then open', (t) => {
  const session = open();
  session.greet(QUAD);
  t.deepEqual(
    [session.isOpen, ...HANDSHAKE.map((octets) => said(session.read(octets))), session.isOpen],
    [false, broker.tune(), ascii(''), broker.openOk(), true],
  );
});

test('it accepts any user and any virtual host', (t) => {
  const session = open();
  session.read(client.startOk({ mechanism: 'ANONYMOUS', response: ascii('') }));
  session.read(client.tuneOk());
  t.deepEqual(said(session.read(client.open('nowhere'))), broker.openOk());
});

test('a handshake gets the same answers wherever it is split', (t) => {
  for (const [head, tail] of splits(concat(...HANDSHAKE))) {
    const session = open();
    t.deepEqual(concat(said(session.read(head)), said(session.read(tail))), concat(broker.tune(), broker.openOk()));
    t.true(session.isOpen);
  }
});

for (const [what, octets] of [
  ['Open before Start-Ok', client.open()],
  ['Tune-Ok before Start-Ok', client.tuneOk()],
  ['a channel before Open', other(1, 20, 10)],
  ['a method that is cut', hex('01 0000 00000002 000a ce')],
  ['text', ascii('GET / HTTP/1.1\r\n\r\n')],
  ['a wrong frame end', hex('01 0000 00000004 000a0033 00')],
] as const) {
  test(`${what} ends the connection without a reply before it is open`, (t) => {
    t.deepEqual(open().read(octets), { octets: [], isOver: true });
  });
}

test('a heartbeat is answered with a heartbeat, at any time', (t) => {
  for (const session of [open(), opened()]) t.deepEqual(said(session.read(HEARTBEAT)), HEARTBEAT);
});

test('a channel is opened and closed, on its own number', (t) => {
  const session = opened();
  t.deepEqual(said(session.read(other(7, 20, 10, hex('00')))), hex('01 0007 00000008 0014 000b 00000000 ce'));
  t.deepEqual(
    said(session.read(other(7, 20, 40, hex('00c8 03 627965 0000 0000')))),
    hex('01 0007 00000004 0014 0029 ce'),
  );
  t.true(session.isOpen);
});

test('Close is answered with Close-Ok, and the client can close', (t) => {
  const session = opened();
  t.deepEqual(session.read(client.close()), { octets: [CLOSE_OK], isOver: false });
  t.deepEqual(session.read(other(1, 60, 40)), NOTHING);
});

test('basic.publish is 540 with its class and method, and the Close-Ok to it ends the connection', (t) => {
  const session = opened(other(1, 20, 10));
  t.deepEqual(closeIn(session.read(other(1, 60, 40))), {
    name: 'connection.close',
    replyCode: 540,
    named: 'NOT_IMPLEMENTED',
    classId: 60,
    methodId: 40,
    isOver: false,
  });
  t.deepEqual(session.read(concat(encodeFrame(2, 1, hex('003c')), encodeFrame(3, 1, ascii('body')))), NOTHING);
  t.deepEqual(session.read(CLOSE_OK), { octets: [], isOver: true });
});

for (const [what, octets, classId, methodId] of [
  ['an unknown channel method', other(1, 20, 20), 20, 20],
  ['a handshake method after the handshake', client.open(), 10, 0],
  ['a queue', other(1, 50, 10), 50, 10],
] as const) {
  test(`${what} is 540 for class ${classId}, method ${methodId}`, (t) => {
    t.like(closeIn(opened().read(octets)), { replyCode: 540, classId, methodId });
  });
}

test('frames in the same read as Close are answered before it', (t) => {
  const answer = opened().read(concat(HEARTBEAT, other(1, 20, 10), client.close()));
  t.deepEqual(said(answer), concat(HEARTBEAT, hex('01 0001 00000008 0014 000b 00000000 ce'), CLOSE_OK));
});

test('malformed frames on an open connection are answered with 501, then the connection ends', (t) => {
  t.like(closeIn(opened().read(ascii('GET / HTTP/1.1\r\n\r\n'))), {
    replyCode: 501,
    named: 'FRAME_ERROR',
    isOver: true,
  });
});

test('malformed frames while the connection closes end it without a reply', (t) => {
  t.deepEqual(opened(client.close()).read(ascii('GET / HTTP/1.1\r\n\r\n')), { octets: [], isOver: true });
});

test('it never throws, whatever it receives', (t) => {
  const anyChunk = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(...HANDSHAKE, HEARTBEAT, client.close()));
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(anyChunk), fc.boolean(), (chunks, isOpen) => {
        const session = isOpen ? opened() : open();
        for (const chunk of chunks) session.read(chunk);
      }),
    ),
  );
});
