import test from 'ava';
import { dialectOf } from '../../lib/amqp/dialect.js';
import { encodeFieldTable } from '../../lib/amqp/field-table.js';
import { Follower } from '../../lib/amqp/follower.js';
import { encodeFrame } from '../../lib/amqp/frame.js';
import { NOTHING_SAID } from '../../lib/amqp/handshake.js';
import { fieldTable } from '../../lib/amqp/plain-field.js';
import { sentenceOf } from '../../lib/amqp/sentence.js';
import { termOf } from '../../lib/amqp/term.js';
import { ascii, broker, client, concat, frame, hex, plain, protocolHeader } from '../support/bytes.js';
import { circumstances } from '../support/reasons.js';

/** Its octets occur nowhere else, so any part of it is found, as text or as decimals. */
const SECRET = 'zZyYxXwWvVuU';
const DIALECTS = ['3.6', '3.8.9', '3.10.8', '4.0.5', '4.3.6'];

/** Everything that a follower exposes, and its log entries, as one text. */
function exposed(follower: Follower, version: string): string {
  const { conversation, answer, stage } = follower;
  const { handshake = NOTHING_SAID, failure = null, close, brokerError, callback } = conversation ?? {};
  const told = failure && [termOf(failure, dialectOf(version)), sentenceOf(failure, circumstances())];
  return JSON.stringify([stage, answer, handshake, close, brokerError, callback, failure, told]);
}

/** Parts of the secret, two octets each, that occur in the text as characters or as Erlang's decimals. */
function leaks(text: string): readonly string[] {
  const pairs = Array.from(SECRET.slice(1), (_, at) => SECRET.slice(at, at + 2));
  return pairs.filter((pair) => text.includes(pair) || text.includes(Array.from(ascii(pair)).join(',')));
}

const HEADER = protocolHeader(0, 0, 9, 1);
const OPENED = concat(HEADER, client.startOk(), client.tuneOk(), client.open());
const secret = ascii(SECRET);
/** The payload of a frame. */
const payloadOf = (octets: Uint8Array): Uint8Array => octets.subarray(7, -1);
const wrongEnd = (octets: Uint8Array): Uint8Array => concat(octets.subarray(0, -1), hex('00'));
const onChannel1 = (octets: Uint8Array): Uint8Array => encodeFrame(1, 1, payloadOf(octets));
const ofType = (type: number, octets: Uint8Array): Uint8Array => encodeFrame(type, 0, payloadOf(octets));

const amqplain = encodeFieldTable(fieldTable({ LOGIN: 'app', PASSWORD: SECRET })).subarray(4);
const withoutLogin = encodeFieldTable(fieldTable({ PASSWORD: SECRET })).subarray(4);
const startOk = (mechanism: string, response: Uint8Array) => client.startOk({ mechanism, response, properties: {} });

/** Octets from a client after its header, with a secret in them. */
const METHODS: readonly (readonly [what: string, octets: Uint8Array])[] = [
  ['PLAIN', startOk('PLAIN', plain('app', SECRET))],
  ['PLAIN without the first NUL', startOk('PLAIN', ascii(`app\0${SECRET}`))],
  ['PLAIN without a user', startOk('PLAIN', ascii(`\0${SECRET}`))],
  ['PLAIN that is only a password', startOk('PLAIN', secret)],
  ['PLAIN with the password first', startOk('PLAIN', ascii(`${SECRET}\0app\0`))],
  ['PLAIN with an authorization identity', startOk('PLAIN', ascii(`app\0app\0${SECRET}`))],
  ['PLAIN with an extra NUL', startOk('PLAIN', ascii(`\0app\0${SECRET}\0`))],
  ['AMQPLAIN', startOk('AMQPLAIN', amqplain)],
  ['AMQPLAIN without a login', startOk('AMQPLAIN', withoutLogin)],
  ['truncated AMQPLAIN', startOk('AMQPLAIN', amqplain.subarray(0, -2))],
  ['malformed AMQPLAIN', startOk('AMQPLAIN', secret)],
  ['an unknown mechanism', startOk('NOPE', secret)],
  ['a mechanism with a name of one letter', startOk('X', secret)],
  ['a mechanism without a name', startOk('', secret)],
  ['EXTERNAL', startOk('EXTERNAL', secret)],
  ['RABBIT-CR-DEMO', startOk('RABBIT-CR-DEMO', secret)],
  ['Secure-Ok', frame({ name: 'connection.secure-ok', response: secret })],
  ['Update-Secret', frame({ name: 'connection.update-secret', newSecret: secret, reason: 'expires' })],
];

/** Ways in which these octets can be damaged. */
const HARMS: readonly (readonly [how: string, harm: (octets: Uint8Array) => Uint8Array])[] = [
  ['unchanged', (octets) => octets],
  ['with a wrong frame end', wrongEnd],
  ['on channel 1', onChannel1],
  ['in a frame of type 3', (octets) => ofType(3, octets)],
  ['in a frame of type 2', (octets) => ofType(2, octets)],
  ['in a frame of type 5', (octets) => ofType(5, octets)],
  ['in a heartbeat', (octets) => ofType(8, octets)],
  ['with an extra octet', (octets) => encodeFrame(1, 0, concat(payloadOf(octets), hex('00')))],
  ['with a missing octet', (octets) => encodeFrame(1, 0, payloadOf(octets).subarray(0, -1))],
];

for (const [what, octets] of METHODS) {
  for (const [how, harm] of HARMS) {
    test(`no secret is shown: ${what} ${how}`, (t) => {
      for (const version of DIALECTS) {
        for (const before of [HEADER, concat(HEADER, client.startOk()), OPENED]) {
          for (const isAnswered of [false, true]) {
            const follower = new Follower(dialectOf(version), () => {});
            follower.fromClient(before);
            if (isAnswered) follower.fromUpstream(concat(broker.start(), broker.tune()));
            follower.fromClient(harm(octets));
            t.deepEqual(leaks(exposed(follower, version)), [], version);
          }
        }
      }
    });
  }
}

/** A broker's error for a bad frame end. It shows 16 octets of the payload, on two lines if necessary. */
const frameErrorOf = (payload: Uint8Array, separator = ','): string => {
  const shown = Array.from(payload.subarray(0, 16)).join(separator);
  return `FRAME_ERROR - type 1, first 16 octets = <<${shown}>>: {invalid_frame_end_marker,0}`;
};
const closedWith = (replyText: string): Follower => {
  const follower = new Follower(dialectOf('3.10.8'), () => {});
  follower.fromClient(OPENED);
  follower.fromUpstream(concat(broker.start(), broker.tune(), broker.openOk()));
  follower.fromUpstream(frame({ name: 'connection.close', replyCode: 501, replyText, classId: 0, methodId: 0 }));
  return follower;
};

for (const [what, octets] of METHODS) {
  test(`a secret repeated in the broker's Close is not shown: ${what}`, (t) => {
    for (const separator of [',', ',\n ']) {
      const follower = closedWith(frameErrorOf(payloadOf(octets), separator));
      t.like(follower.conversation?.brokerError, { code: 501 });
      t.deepEqual(leaks(exposed(follower, '3.10.8')), []);
    }
  });
}

test("nothing else is removed from a broker's Close", (t) => {
  for (const text of [
    frameErrorOf(payloadOf(client.startOk())),
    frameErrorOf(payloadOf(client.open())),
    'FRAME_ERROR - type 65, all octets = <<>>: {frame_too_large,1342177289,131064}',
    'FRAME_ERROR - type 1, all octets = <<"text">>: unknown_frame',
  ]) {
    t.is(closedWith(text).conversation?.close?.text, text);
  }
  t.is(
    closedWith(frameErrorOf(concat(hex('000a0046 00000009'), secret))).conversation?.close?.text,
    'FRAME_ERROR - type 1, first 16 octets = <<...>>: {invalid_frame_end_marker,0}',
  );
});

test('the search for the secret works', (t) => {
  t.is(leaks(SECRET).length, SECRET.length - 1);
  t.is(leaks(`<<0,${Array.from(secret.subarray(0, 2)).join(',')}>>`).length, 1);
});
