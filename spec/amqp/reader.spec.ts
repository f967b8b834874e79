import test from 'ava';
import fc from 'fast-check';
import type { ConnectionMethod } from '../../lib/amqp/connection-methods.js';
import { dialectOf } from '../../lib/amqp/dialect.js';
import { encodeFieldTable } from '../../lib/amqp/field-table.js';
import { encodeFrame } from '../../lib/amqp/frame.js';
import { fieldTable } from '../../lib/amqp/plain-field.js';
import { Reader } from '../../lib/amqp/reader.js';
import { ascii, client, concat, frame, HEARTBEAT, hex, splits } from '../support/bytes.js';

const START: ConnectionMethod = {
  name: 'connection.start',
  versionMajor: 0,
  versionMinor: 9,
  serverProperties: new Map(),
  mechanisms: 'PLAIN AMQPLAIN',
  locales: 'en_US',
};
const TUNE: ConnectionMethod = { name: 'connection.tune', channelMax: 2047, frameMax: 131_072, heartbeat: 60 };
const SECURE: ConnectionMethod = { name: 'connection.secure', challenge: hex('01') };

/** Octets from the client, or a method from the broker. */
type Said = Uint8Array | ConnectionMethod;

type Read = { readonly reader: Reader; readonly passed: readonly string[]; readonly rest: Uint8Array };

function read(said: readonly Said[], version = '3.10.8'): Read {
  const reader = new Reader(dialectOf(version), false);
  const passed: string[] = [];
  let rest: Uint8Array = new Uint8Array();
  for (const each of said) {
    if (each instanceof Uint8Array) rest = reader.read(each, ({ name }) => passed.push(name));
    else rest = reader.fromUpstream(each, ({ name }) => passed.push(name));
  }
  return { reader, passed, rest };
}

const tuneOk = (limits: { readonly channelMax?: number; readonly frameMax?: number } = {}): Uint8Array =>
  frame({ name: 'connection.tune-ok', channelMax: 2047, frameMax: 131_072, heartbeat: 0, ...limits });
const SECURE_OK = frame({ name: 'connection.secure-ok', response: hex('02') });
const OPEN = client.open();

test('each method from the client leads to the next state of RabbitMQ', (t) => {
  const said: readonly Said[] = [START, client.startOk(), TUNE, tuneOk(), OPEN];
  const states = said.map((_, at) => read(said.slice(0, at + 1)).reader.state);
  t.deepEqual(states, ['starting', 'tuning', 'tuning', 'opening', 'opening']);
  const { reader, passed } = read(said);
  t.is(reader.failure, null);
  t.deepEqual(passed, ['connection.start-ok', 'connection.tune-ok', 'connection.open']);
});

test('a challenge has its own state until it is answered', (t) => {
  t.is(read([START, client.startOk(), SECURE]).reader.state, 'securing');
  const { reader } = read([START, client.startOk(), SECURE, SECURE_OK]);
  t.deepEqual([reader.state, reader.failure], ['tuning', null]);
});

test('an answer to a challenge that has not arrived yet is not an error', (t) => {
  t.is(read([START, client.startOk(), SECURE_OK]).reader.failure, null);
  t.not(read([START, client.startOk(), TUNE, SECURE_OK]).reader.failure, null);
});

test('octets after the Open are returned, not read', (t) => {
  for (const after of [hex(''), ascii('GARBAGE'), tuneOk()]) {
    const { reader, rest, passed } = read([concat(client.startOk(), tuneOk(), OPEN, after)]);
    t.deepEqual(new Uint8Array(rest), after);
    t.is(passed.length, 3);
    t.is(reader.failure, null);
  }
});

test('the result does not depend on where the octets are split', (t) => {
  const octets = concat(client.startOk(), HEARTBEAT, tuneOk(), OPEN);
  for (const parts of splits(octets)) {
    const { reader, passed } = read(parts);
    t.deepEqual([reader.state, reader.failure, passed.length], ['opening', null, 3]);
  }
});

const unexpected = (state: string, method: string) => ({
  state,
  channel: 0,
  error: { name: 'channel_error', explanation: `unexpected method in connection state ${state}`, method },
});
const frameError = (explanation: string) => ({ error: { name: 'frame_error', explanation, method: 'none' } });
const unexpectedFrame = (explanation: string, channel = 0) => ({
  channel,
  error: { name: 'unexpected_frame', explanation, method: 'none' },
});
const startOk = (mechanism: string, response: Uint8Array = hex('')) => client.startOk({ mechanism, response });
const loginError = (name: string, explanation: string) => ({
  state: 'starting',
  error: { name, explanation, method: 'connection.start_ok' },
});
const withoutPassword = encodeFieldTable(fieldTable({ PASSWORD: 'x' })).subarray(4);

for (const [what, said, failure] of [
  ['an Open at the start', [OPEN], unexpected('starting', 'connection.open')],
  ['a Tune-Ok at the start', [tuneOk()], unexpected('starting', 'connection.tune_ok')],
  ['a Secure-Ok at the start', [SECURE_OK], unexpected('starting', 'connection.secure_ok')],
  ['a Close at the start', [client.close()], unexpected('starting', 'connection.close')],
  ['a second Start-Ok', [client.startOk(), client.startOk()], unexpected('tuning', 'connection.start_ok')],
  ['an Open instead of Tune-Ok', [client.startOk(), OPEN], unexpected('tuning', 'connection.open')],
  ['a Close instead of Tune-Ok', [client.startOk(), client.close()], unexpected('tuning', 'connection.close')],
  ['a second Tune-Ok', [client.startOk(), tuneOk(), tuneOk()], unexpected('opening', 'connection.tune_ok')],
  ['no answer to a challenge', [client.startOk(), SECURE, tuneOk()], unexpected('securing', 'connection.tune_ok')],
  ['a method of another class', [hex('01 0000 00000005 0014000a 00 ce')], unexpected('starting', 'channel.open')],
  [
    'a frame on channel 1',
    [encodeFrame(1, 1, hex('0014000a00'))],
    unexpectedFrame('type 1, all octets = <<0,20,0,10,0>>', 1),
  ],
  ['a heartbeat on channel 2', [encodeFrame(8, 2, hex(''))], unexpectedFrame('type 8, all octets = <<>>', 2)],
  ['a body', [encodeFrame(3, 0, ascii('ab'))], unexpectedFrame('type 3, all octets = <<"ab">>')],
  [
    'a content header',
    [encodeFrame(2, 0, new Uint8Array(12))],
    unexpectedFrame(`type 2, all octets = <<${'0,'.repeat(11)}0>>`),
  ],
  [
    'half a content header',
    [encodeFrame(2, 0, new Uint8Array(2))],
    frameError('type 2, all octets = <<0,0>>: unknown_frame'),
  ],
  [
    'a heartbeat with a payload',
    [encodeFrame(8, 0, hex('00'))],
    frameError('type 8, all octets = <<0>>: unknown_frame'),
  ],
  ['half a method', [encodeFrame(1, 0, hex('000a00'))], frameError('type 1, all octets = <<0,10,0>>: unknown_frame')],
  ['an unknown frame type', [encodeFrame(5, 0, ascii('x'))], frameError('type 5, all octets = <<"x">>: unknown_frame')],
  [
    'a bad frame end',
    [hex('08 0000 00000000 00')],
    frameError('type 8, all octets = <<>>: {invalid_frame_end_marker,0}'),
  ],
  [
    'an unknown mechanism',
    [START, startOk('NOPE')],
    loginError('command_invalid', "unknown authentication mechanism 'NOPE'"),
  ],
  [
    'a mechanism that is not offered',
    [START, startOk('EXTERNAL')],
    loginError('command_invalid', "invalid authentication mechanism 'EXTERNAL'"),
  ],
  [
    'an unknown mechanism, before the offered ones are known',
    [startOk('NOPE')],
    loginError('command_invalid', "unknown authentication mechanism 'NOPE'"),
  ],
  [
    'a malformed PLAIN response',
    [START, startOk('PLAIN', ascii('guest'))],
    loginError('syntax_error', 'response <<"guest">> invalid'),
  ],
  [
    'an AMQPLAIN response without a login',
    [START, startOk('AMQPLAIN', withoutPassword)],
    loginError('syntax_error', 'AMQPLAIN auth info [] is missing LOGIN or PASSWORD field'),
  ],
] as const) {
  test(`an error is reported for ${what}`, (t) => {
    const { reader } = read(said);
    t.like(reader.failure, { name: 'handshake_error', failure: { type: 'error', ...failure } });
  });
}

test('a bad login is passed on, a method in the wrong state is not', (t) => {
  t.deepEqual(read([START, startOk('NOPE')]).passed, ['connection.start-ok']);
  t.deepEqual(read([START, startOk('PLAIN', ascii('x'))]).passed, ['connection.start-ok']);
  t.deepEqual(read([START, OPEN]).passed, []);
});

test('a known mechanism is not an error before the offered ones are known', (t) => {
  for (const mechanism of ['EXTERNAL', 'ANONYMOUS', 'RABBIT-CR-DEMO']) {
    t.is(read([startOk(mechanism)]).reader.failure, null);
  }
});

test('a mechanism that is not offered is an error even if the client did not wait, and precedes all later errors', (t) => {
  const { failure } = read([START, startOk('EXTERNAL')]).reader;
  for (const more of [hex(''), tuneOk(), OPEN]) {
    t.deepEqual(read([concat(startOk('EXTERNAL'), more), START]).reader.failure, failure);
  }
});

test('an unknown method crashes the reader', (t) => {
  t.like(read([encodeFrame(1, 0, hex('00630063'))]).reader.failure, { name: 'reader_crashed' });
});

test('the error for undecodable arguments names the method', (t) => {
  const cut = encodeFrame(1, 0, client.startOk().subarray(7, -3));
  const tooMany = encodeFrame(1, 0, concat(tuneOk().subarray(7, -1), hex('00')));
  t.like(read([cut]).reader.failure, {
    failure: { type: 'undecodable', state: 'starting', method: 'connection.start_ok' },
  });
  t.like(read([client.startOk(), tooMany]).reader.failure, {
    failure: { type: 'undecodable', state: 'tuning', method: 'connection.tune_ok' },
  });
});

for (const [version, limits, text] of [
  ['3.10.8', { frameMax: 4095 }, 'negotiated frame_max = 4095 is lower than the minimum allowed value (4096)'],
  ['3.10.8', { frameMax: 4096 }, undefined],
  ['4.0.5', { frameMax: 4096 }, undefined],
  ['4.3.6', { frameMax: 4096 }, 'negotiated frame_max = 4096 is lower than the minimum allowed value (8192)'],
  ['4.3.6', { frameMax: 8192 }, undefined],
  ['3.10.8', { frameMax: 131_073 }, 'negotiated frame_max = 131073 is higher than the maximum allowed value (131072)'],
  ['3.10.8', { frameMax: 0 }, 'negotiated frame_max = 0 is higher than the maximum allowed value (131072)'],
  ['3.10.8', { channelMax: 2048 }, 'negotiated channel_max = 2048 is higher than the maximum allowed value (2047)'],
  [
    '3.10.8',
    { channelMax: 0 },
    'negotiated channel_max = 0 (no limit) is higher than the maximum allowed value (2047)',
  ],
  ['3.6', { channelMax: 0 }, 'negotiated channel_max = 0 is higher than the maximum allowed value (2047)'],
  [
    '3.10.8',
    { frameMax: 0, channelMax: 0 },
    'negotiated frame_max = 0 is higher than the maximum allowed value (131072)',
  ],
  ['3.10.8', { frameMax: 131_072, channelMax: 2047 }, undefined],
] as const) {
  test(`${version} answers ${JSON.stringify(limits)} with ${text ?? 'no error'}`, (t) => {
    const waits = read([START, client.startOk(), TUNE, tuneOk(limits)], version).reader.failure;
    const doesNot = read([client.startOk(), tuneOk(limits), START, TUNE], version).reader.failure;
    t.deepEqual(doesNot, waits);
    t.deepEqual(waits, text === undefined ? null : { name: 'handshake_error', failure: { type: 'tuning', text } });
  });
}

test('a broker without limits accepts a client without limits', (t) => {
  const none: ConnectionMethod = { name: 'connection.tune', channelMax: 0, frameMax: 0, heartbeat: 0 };
  t.is(read([START, client.startOk(), none, tuneOk({ channelMax: 0, frameMax: 0 })]).reader.failure, null);
});

test('before Tune-Ok the maximum frame size is that of the dialect', (t) => {
  for (const [version, largest] of [
    ['3.10.8', 4096],
    ['4.0.5', 4096],
    ['4.3.6', 8192],
  ] as const) {
    const problem = (size: number) => {
      const header = encodeFrame(1, 0, new Uint8Array(size)).subarray(0, 7);
      return read([header], version).reader.failure;
    };
    t.is(problem(largest), null, version);
    t.like(problem(largest + 1), {
      failure: frameError(`type 1, all octets = <<>>: {frame_too_large,${largest + 1},${largest - 8}}`),
    });
  }
});

/** A Start from a broker of that version, whatever the dialect. */
const startOf = (version: string, product = 'RabbitMQ'): ConnectionMethod => ({
  ...START,
  serverProperties: fieldTable({ product, version }),
});
/** A Start-Ok of about this many octets. */
const longStartOk = (length: number, mechanism = 'PLAIN') =>
  client.startOk({ mechanism, properties: { product: 'app', padding: 'x'.repeat(length) } });
const OPEN_OK: ConnectionMethod = { name: 'connection.open-ok' };
const REFUSED: ConnectionMethod = {
  name: 'connection.close',
  replyCode: 403,
  replyText: 'ACCESS_REFUSED',
  classId: 0,
  methodId: 0,
};
const THREE = ['connection.start-ok', 'connection.tune-ok', 'connection.open'];

test("the limit before Tune-Ok is that of the version in the broker's Start, whatever the dialect", (t) => {
  for (const [dialect, broker, isTooLarge] of [
    ['3.6', '4.3.6', false],
    ['3.10.8', '4.1.0', false],
    ['4.3.6', '3.10.8', true],
    ['4.1', '4.0.5', true],
  ] as const) {
    const { reader, passed } = read([startOf(broker), longStartOk(6300)], dialect);
    t.is(reader.failure !== null, isTooLarge, `${dialect} ${broker}`);
    t.deepEqual(passed, isTooLarge ? [] : ['connection.start-ok']);
  }
  t.not(read([startOf('4.3.6', 'LavinMQ'), longStartOk(6300)], '3.13').reader.failure, null);
});

test('a Start-Ok that came before Start is judged by the version in Start', (t) => {
  const octets = concat(longStartOk(6300), tuneOk(), OPEN, ascii('rest'));
  for (const parts of [[octets], [octets.subarray(0, 20), octets.subarray(20, 5000), octets.subarray(5000)]]) {
    const { reader, passed, rest } = read([...parts, startOf('4.3.6')], '3.6');
    t.is(reader.failure, null);
    t.deepEqual(passed, THREE);
    t.deepEqual(new Uint8Array(rest), ascii('rest'));
  }
  t.like(read([longStartOk(9000), startOf('4.3.6')], '3.6').reader.failure, {
    failure: { error: { name: 'frame_error' } },
  });
});

test('a Start-Ok that is longer than the default allows is read once the broker has answered it', (t) => {
  for (const length of [5_000, 20_000, 120_000]) {
    for (const answer of [TUNE, SECURE, REFUSED]) {
      const before = read([START, longStartOk(length)]);
      t.like(before.reader.failure, { failure: { error: { name: 'frame_error' } } });
      t.true(before.reader.isLost);
      const { reader, passed } = read([START, longStartOk(length), answer]);
      t.is(reader.failure, null);
      t.false(reader.isLost);
      t.deepEqual(passed, ['connection.start-ok']);
    }
  }
  const { passed, reader } = read([START, longStartOk(20_000), TUNE, tuneOk(), OPEN]);
  t.deepEqual([reader.failure, passed], [null, THREE]);
});

test('octets that came before the broker accepted an earlier frame are read then, wherever they are split', (t) => {
  const octets = concat(longStartOk(5_000), tuneOk(), OPEN, ascii('rest'));
  for (const at of [1, 7, 8, 4_000, octets.length - 40, octets.length - 20, octets.length - 4, octets.length - 1]) {
    const { reader, passed, rest } = read([START, octets.subarray(0, at), octets.subarray(at), TUNE]);
    t.deepEqual([reader.failure, reader.state, passed], [null, 'opening', THREE]);
    t.deepEqual(new Uint8Array(rest), ascii('rest'));
  }
});

test('a frame that is longer than 128 KiB is not read, although the broker may accept it', (t) => {
  const { reader, passed } = read([START, longStartOk(140_000), TUNE, tuneOk()]);
  t.deepEqual([reader.failure, passed, reader.isLost], [null, [], true]);
  t.is(reader.frames.held, null);
});

for (const [what, said, state] of [
  ['a mechanism that it did not offer', [START, startOk('EXTERNAL'), TUNE], 'tuning'],
  ['a mechanism that it did not offer, sent before Start', [startOk('EXTERNAL'), START, TUNE], 'tuning'],
  ['a PLAIN response with an authorization identity', [START, startOk('PLAIN', ascii('a\0b\0c')), TUNE], 'tuning'],
  ['a malformed response, with a challenge', [START, startOk('PLAIN', ascii('a')), SECURE], 'securing'],
  ['a low frame_max', [START, client.startOk(), TUNE, tuneOk({ frameMax: 100 }), OPEN, OPEN_OK], 'opening'],
  ['a high channel_max', [START, client.startOk(), TUNE, tuneOk({ channelMax: 9999 }), OPEN, OPEN_OK], 'opening'],
] as const) {
  test(`what the broker has accepted is not an error: ${what}`, (t) => {
    t.not(read(said.slice(0, -1)).reader.failure, null);
    const { reader } = read(said);
    t.deepEqual([reader.failure, reader.state], [null, state]);
  });
}

test('an answer to an earlier method does not excuse a later error', (t) => {
  for (const said of [
    [client.startOk(), tuneOk({ channelMax: 9999 }), START, TUNE],
    [client.startOk(), client.startOk(), START, TUNE],
    [client.startOk(), tuneOk(), longStartOk(200_000), START, TUNE],
    [START, client.startOk(), TUNE, tuneOk({ channelMax: 9999 }), REFUSED],
  ]) {
    t.not(read(said).reader.failure, null);
  }
});

test('after Tune-Ok, a frame may be as large as the client has asked for', (t) => {
  const size = (frameMax: number, length: number) =>
    read([
      START,
      client.startOk(),
      { ...TUNE, frameMax: 0 },
      tuneOk({ frameMax }),
      encodeFrame(8, 0, new Uint8Array(length)),
    ]).reader.failure;
  for (const [frameMax, length] of [
    [4096, 4096],
    [131_072, 100_000],
    [0, 100_000],
  ] as const) {
    t.regex(JSON.stringify(size(frameMax, length)), /unknown_frame/);
  }
  t.regex(JSON.stringify(size(4096, 4097)), /frame_too_large,4097,4088/);
});

test('the callback names what the broker is waiting for', (t) => {
  const callback = (octets: Uint8Array) => read([octets]).reader.callback;
  const startOkFrame = client.startOk();
  const size = startOkFrame.length - 8;
  t.deepEqual(callback(startOkFrame.subarray(0, 6)), { name: 'frame_header' });
  t.deepEqual(callback(startOkFrame.subarray(0, 7)), { name: 'frame_payload', type: 1, channel: 0, size });
  t.deepEqual(callback(startOkFrame), { name: 'frame_header' });
});

test('nothing is read after a failure', (t) => {
  const { reader, passed } = read([concat(OPEN, client.startOk()), client.startOk(), tuneOk()]);
  t.deepEqual(passed, []);
  t.like(reader.failure, { failure: unexpected('starting', 'connection.open') });
});

test('the reader never throws', (t) => {
  const anySaid = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom<Said>(START, TUNE, SECURE, client.startOk(), tuneOk(), OPEN),
    ),
    { maxLength: 8 },
  );
  t.notThrows(() =>
    fc.assert(fc.property(anySaid, fc.constantFrom('3.6', '4.3.6'), (said, version) => void read(said, version))),
  );
});
