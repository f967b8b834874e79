import test from 'ava';
import fc from 'fast-check';
import { type ConnectionMethod, decodeMethod } from '../../../lib/amqp/connection-methods.js';
import { dialectOf } from '../../../lib/amqp/dialect.js';
import { encodeFrame } from '../../../lib/amqp/frame.js';
import { FrameReader } from '../../../lib/amqp/frame-reader.js';
import { ascii, broker, CLOSE_OK, client, concat, frame, HEARTBEAT, hex, plain, splits } from '../../support/bytes.js';
import { Gated, HEADER, SETTING } from '../../support/gated.js';

const NOTHING = ascii('');
const GOODBYE = frame({ name: 'connection.close', replyCode: 200, replyText: 'Goodbye', classId: 0, methodId: 0 });
const START = broker.start();
const TUNE = broker.tune();
const OPEN_OK = broker.openOk();
const START_OK = client.startOk();
const TUNE_OK = client.tuneOk();
const OPEN = client.open();

/** The bytes sent up to each moment, in order. */
const TALK = [
  ['client', HEADER, 'header'],
  ['upstream', START, 'start'],
  ['client', START_OK, 'start-ok'],
  ['upstream', TUNE, 'tune'],
  ['client', TUNE_OK, 'tune-ok'],
  ['client', OPEN, 'open'],
  ['upstream', OPEN_OK, 'running'],
] as const;

/** A connection that has reached a moment; bytes passed on before it have been taken. */
function upTo(moment: string, ...faults: readonly object[]): Gated {
  return until(moment, new Gated(faults));
}

function until(moment: string, gated: Gated): Gated {
  for (const [side, octets, at] of TALK) {
    if (at === moment) {
      gated.take('client');
      gated.take('upstream');
      return gated.from(side, octets);
    }
    gated.from(side, octets);
  }
  return gated;
}

/** A running connection with these faults. */
function running(...faults: readonly object[]): Gated {
  const gated = upTo('running', ...faults);
  gated.take('client');
  gated.take('upstream');
  return gated;
}

const method = (octets: Uint8Array) => decodeMethod(octets.subarray(7, -1)) as ConnectionMethod;
const other = (channel: number, classId: number, methodId: number, more = NOTHING): Uint8Array =>
  encodeFrame(1, channel, concat(Uint8Array.of(0, classId, 0, methodId), more));

test('without faults everything passes unchanged, wherever it is split', (t) => {
  const said = concat(HEADER, START_OK, TUNE_OK, OPEN, other(1, 20, 10, hex('00')), HEARTBEAT);
  const answered = concat(START, TUNE, OPEN_OK, HEARTBEAT, encodeFrame(3, 1, new Uint8Array(9000)));
  for (const [head, tail] of splits(said)) {
    const gated = new Gated([]);
    gated.from('client', head).from('upstream', answered.subarray(0, head.length));
    t.deepEqual(gated.take('client'), answered.subarray(0, head.length), 'at once');
    t.deepEqual(gated.take('upstream'), head, 'at once');
    gated.from('client', tail).from('upstream', answered.subarray(head.length));
    t.deepEqual(gated.take('upstream'), tail);
    t.deepEqual(gated.take('client'), answered.subarray(head.length));
    t.is(gated.gate.knows.moment, 'running');
  }
});

test('octets that arrive together leave as one chunk', (t) => {
  const other = new Uint8Array(992).fill(0x2e);
  for (const said of [concat(HEADER, other), concat(HEADER, START_OK, TUNE_OK, OPEN)]) {
    const gated = new Gated([]).from('client', said).from('upstream', concat(START, TUNE)).from('upstream', other);
    t.deepEqual(
      gated.got.upstream.map(({ length }) => length),
      [said.length],
    );
    t.deepEqual(
      gated.got.client.map(({ length }) => length),
      [START.length + TUNE.length, other.length],
    );
  }
});

test('faults that do not act change nothing, for any octets and any split', (t) => {
  const never = [
    { type: 'amqp_reset', name: 'a', attributes: { at: 'accept' } },
    { type: 'amqp_reset', name: 'b', attributes: { at: 'header', octets: 3 } },
    { type: 'amqp_refuse' },
    ...['start', 'start-ok', 'tune', 'tune-ok', 'open', 'running'].map((at) => ({
      type: 'amqp_close',
      name: at,
      attributes: { at },
    })),
    { type: 'amqp_hold', attributes: { method: 'basic.ack' } },
  ];
  const chunk = fc.oneof(
    fc.constantFrom<Uint8Array>(HEADER, START_OK, TUNE_OK, OPEN, START, TUNE, OPEN_OK, HEARTBEAT, CLOSE_OK),
    fc.uint8Array({ minLength: 1, maxLength: 30 }),
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('client' as const, 'upstream' as const), chunk)),
        fc.boolean(),
        fc.integer({ min: 1, max: 40 }),
        (talk, isAmqp, size) => {
          const gated = new Gated(never, { decide: () => 'never' });
          const sent = { client: isAmqp ? [HEADER] : [], upstream: [] as Uint8Array[] };
          if (isAmqp) gated.from('client', HEADER);
          for (const [side, octets] of talk) {
            sent[side].push(octets);
            for (let at = 0; at < octets.length; at += size) gated.from(side, octets.subarray(at, at + size));
          }
          gated.end('client', 'fin').end('upstream', 'fin');
          t.deepEqual(gated.take('upstream'), concat(...sent.client));
          t.deepEqual(gated.take('client'), concat(...sent.upstream));
          t.deepEqual(gated.ended, { client: ['fin'], upstream: ['fin'] });
          t.is(gated.clock.timers, 0);
        },
      ),
      { numRuns: 300 },
    ),
  );
});

test('a gate with every fault never throws or leaves a timer, for any octets at any time', (t) => {
  const moments = ['accept', 'header', 'start', 'start-ok', 'tune', 'tune-ok', 'open', 'running'];
  const at = fc.constantFrom(...moments);
  const methodAt = fc.constantFrom(...moments.slice(2));
  const place = fc.constantFrom('before', 'middle', 'after');
  const delay = fc.constantFrom(0, 0, 5);
  const octets = fc.nat(8);
  const fault = fc.oneof(
    fc.record({ type: fc.constantFrom('amqp_reset', 'amqp_fin'), attributes: fc.record({ at, place, delay, octets }) }),
    fc.record({
      type: fc.constant('amqp_stall'),
      attributes: fc.record({
        at,
        place,
        octets,
        timeout: fc.constantFrom(0, 5),
        then: fc.constantFrom('rst', 'resume'),
      }),
    }),
    fc.record({ type: fc.constant('amqp_close'), attributes: fc.record({ at: methodAt, place, delay }) }),
    fc.record({ type: fc.constant('amqp_refuse'), attributes: fc.record({ delay }) }),
    fc.record({ type: fc.constant('amqp_corrupt'), attributes: fc.record({ at: methodAt }) }),
    fc.record({
      type: fc.constant('amqp_truncate'),
      attributes: fc.record({ octets, then: fc.constantFrom('rst', 'stall') }),
    }),
    fc.record({ type: fc.constantFrom('amqp_tune', 'amqp_start', 'amqp_mute_heartbeats', 'amqp_blocked') }),
    fc.record({
      type: fc.constant('amqp_hold'),
      attributes: fc.record({
        method: fc.constantFrom('basic.ack', 'channel.open'),
        action: fc.constantFrom('hold', 'drop', 'delay'),
        delay: fc.constant(5),
      }),
      stream: fc.constantFrom('upstream', 'downstream'),
    }),
  );
  const said = concat(
    HEADER,
    START_OK,
    TUNE_OK,
    OPEN,
    other(1, 20, 10, hex('00')),
    HEARTBEAT,
    other(1, 60, 80),
    CLOSE_OK,
  );
  const answered = concat(START, TUNE, HEARTBEAT, OPEN_OK, other(1, 60, 80), HEARTBEAT, CLOSE_OK);
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.record({ side: fc.constantFrom('client', 'upstream'), size: fc.nat(80) }) },
    { weight: 2, arbitrary: fc.record({ ms: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ garbage: fc.uint8Array({ maxLength: 20 }) }) },
    { weight: 1, arbitrary: fc.record({ drop: fc.constant(true) }) },
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(
        fc.array(fault, { maxLength: 4 }),
        fc.array(step, { maxLength: 40 }),
        fc.constantFrom('fin', 'rst'),
        (faults, steps, close) => {
          const gated = new Gated(faults.map((each, nth) => ({ ...each, name: `f${nth}` })));
          const at = { client: 0, upstream: 0 };
          for (const each of steps) {
            if ('ms' in each) gated.advance(each.ms);
            else if ('garbage' in each) gated.from('client', each.garbage);
            else if ('drop' in each) gated.setFaults();
            else {
              const side = each.side as 'client' | 'upstream';
              const all = side === 'client' ? said : answered;
              gated.from(side, all.subarray(at[side], at[side] + each.size));
              at[side] += each.size;
            }
          }
          gated
            .end('client', close as 'fin')
            .end('upstream', close as 'fin')
            .setFaults();
          gated.advance(100_000).advance(100_000);
          t.is(gated.clock.timers, 0);
          t.true(gated.ended.client.length + gated.ended.upstream.length > 0);
        },
      ),
      { numRuns: 500 },
    ),
  );
});

for (const [moment, stage] of [
  ['start', 'fin'],
  ['start-ok', 'fin'],
  ['tune', 'fin'],
  ['tune-ok', 'fin'],
] as const) {
  test(`amqp_reset at ${moment} resets the client, and the upstream receives a FIN`, (t) => {
    const gated = upTo(moment, { type: 'amqp_reset', attributes: { at: moment } });
    t.deepEqual([gated.take('client'), gated.take('upstream')], [NOTHING, NOTHING]);
    t.deepEqual(gated.ended, { client: ['rst'], upstream: [stage] });
    t.deepEqual(gated.acted, [`amqp/amqp_reset_downstream at ${moment}`]);
  });
}

test('a fault at open: Open is sent to the upstream, which is closed with Connection.Close after Open-Ok', (t) => {
  const gated = upTo('open', { type: 'amqp_fin', attributes: { at: 'open' } });
  t.deepEqual(gated.ended, { client: ['fin'], upstream: [] });
  t.deepEqual(gated.take('upstream'), OPEN);
  gated.from('upstream', OPEN_OK);
  t.deepEqual(gated.take('upstream'), GOODBYE);
  gated.from('upstream', CLOSE_OK);
  t.deepEqual(gated.ended.upstream, ['fin']);
  t.deepEqual(gated.take('client'), NOTHING);
  t.is(gated.clock.timers, 0);
});

test('a broker that refuses Open in the meantime receives Close-Ok', (t) => {
  const gated = upTo('open', { type: 'amqp_reset', attributes: { at: 'open' } });
  gated.take('upstream');
  gated.from(
    'upstream',
    frame({ name: 'connection.close', replyCode: 530, replyText: 'no', classId: 10, methodId: 40 }),
  );
  t.deepEqual(gated.take('upstream'), CLOSE_OK);
  t.deepEqual(gated.ended.upstream, ['fin']);
});

test('the gate waits 5 s for a broker that does not answer', (t) => {
  const gated = upTo('open', { type: 'amqp_reset', attributes: { at: 'open' } });
  gated.advance(4999);
  t.deepEqual(gated.ended.upstream, []);
  gated.advance(1);
  t.deepEqual(gated.ended.upstream, ['fin']);
});

test('a fault at running: Open-Ok is sent to the client, and the upstream is closed with Connection.Close', (t) => {
  const gated = upTo('running', { type: 'amqp_reset', attributes: { at: 'running' } });
  t.deepEqual(gated.take('client'), OPEN_OK);
  t.deepEqual(gated.take('upstream'), GOODBYE);
  gated.from('upstream', encodeFrame(3, 1, new Uint8Array(20_000)), CLOSE_OK);
  t.deepEqual(gated.ended, { client: ['rst'], upstream: ['fin'] });
  t.deepEqual(gated.take('client'), NOTHING);
});

test('a fault before running: the client does not receive Open-Ok, and the upstream is closed with Connection.Close', (t) => {
  const gated = upTo('running', { type: 'amqp_reset', attributes: { at: 'running', place: 'before' } });
  t.deepEqual(gated.take('client'), NOTHING);
  t.deepEqual(gated.take('upstream'), GOODBYE);
});

for (const [place, count] of [
  ['before', 0],
  ['middle', Math.floor(START.length / 2)],
  ['after', START.length],
] as const) {
  test(`with place ${place}, the client has received ${count} octets of Start, wherever it is split`, (t) => {
    for (const [head, tail] of splits(START)) {
      const gated = new Gated([{ type: 'amqp_reset', attributes: { at: 'start', place } }]);
      gated.from('client', HEADER).from('upstream', head, tail);
      t.deepEqual(gated.take('client'), START.subarray(0, count));
      t.deepEqual(gated.ended.client, ['rst']);
    }
  });
}

test('a delay holds the octets of the moment and those after them, but not the other direction', (t) => {
  const gated = upTo('tune', { type: 'amqp_reset', attributes: { at: 'tune', delay: 100 } });
  gated.from('upstream', HEARTBEAT).from('client', HEARTBEAT);
  t.deepEqual(gated.take('client'), NOTHING);
  t.deepEqual(gated.take('upstream'), HEARTBEAT);
  gated.advance(99);
  t.deepEqual(gated.ended.client, []);
  gated.advance(1);
  t.deepEqual(gated.ended.client, ['rst']);
});

test('a fault acts after frames that are longer than the default limits of brokers', (t) => {
  const long = 'x'.repeat(20_000);
  const start = broker.start({ product: 'RabbitMQ', version: '4.3.6', padding: long });
  const startOk = client.startOk({ properties: { product: 'app', padding: long } });
  for (const at of ['start-ok', 'tune', 'open'] as const) {
    const gated = new Gated([{ type: 'amqp_reset', attributes: { at }, when: at === 'open' ? { user: 'guest' } : {} }]);
    gated.from('client', HEADER).from('upstream', start).from('client', startOk);
    gated.from('upstream', broker.tune()).from('client', client.tuneOk(), client.open());
    t.deepEqual(gated.ended.client, ['rst'], at);
  }
});

test('when a fault is removed before it acts, the octets that it held pass in order', (t) => {
  const gated = upTo('tune', { type: 'amqp_reset', attributes: { at: 'tune', delay: 100 } });
  gated.from('upstream', HEARTBEAT);
  gated.setFaults();
  t.deepEqual(gated.take('client'), concat(TUNE, HEARTBEAT));
  t.is(gated.clock.timers, 0);
});

for (const octets of [0, 1, 3, 8]) {
  test(`a fault at octet ${octets} of the header acts at that octet, before the upstream receives anything`, (t) => {
    const gated = new Gated([{ type: 'amqp_fin', attributes: { at: 'header', octets } }]);
    for (let count = 1; count <= 8 && gated.ended.client.length === 0; count++) {
      t.true(count <= Math.max(octets, 1), `octet ${count}`);
      gated.from('client', HEADER.subarray(count - 1, count));
    }
    t.deepEqual(gated.ended, { client: ['fin'], upstream: ['fin'] });
    t.deepEqual(gated.take('upstream'), NOTHING);
  });
}

test('a fault at accept acts before anything is read', (t) => {
  const gated = new Gated([{ type: 'amqp_reset', attributes: { at: 'accept' } }]);
  t.deepEqual(gated.ended, { client: ['rst'], upstream: ['fin'] });
  t.deepEqual(gated.acted, ['amqp/amqp_reset_downstream at accept']);
});

test('several faults at octets of the header act in the order of the octets', (t) => {
  const stall = (octets: number, timeout: number) => ({
    type: 'amqp_stall',
    name: `s${octets}`,
    attributes: { at: 'header', octets, timeout, then: 'resume' },
  });
  const gated = new Gated([stall(2, 10), stall(8, 10)]);
  gated.from('client', HEADER);
  t.deepEqual(gated.acted, ['amqp/s2 at header']);
  gated.advance(10);
  t.deepEqual(gated.acted, ['amqp/s2 at header', 'amqp/s8 at header']);
  t.deepEqual(gated.take('upstream'), NOTHING);
  gated.advance(10);
  t.deepEqual(gated.take('upstream'), HEADER);
});

test('amqp_refuse answers a valid header like an invalid one, and the upstream receives nothing', (t) => {
  for (const [reason, farewell] of [
    ['bad_header', '414d515000000901'],
    ['bad_version', '414d515000000901'],
    ['sasl_required', '414d515003010000'],
    ['amqp1_0_plugin_not_enabled', '414d515000000901'],
  ]) {
    const gated = new Gated([{ type: 'amqp_refuse', attributes: { reason } }]);
    gated.from('client', HEADER);
    t.deepEqual(gated.take('client'), hex(farewell ?? ''));
    t.deepEqual([gated.ended.client, gated.take('upstream')], [['rst'], NOTHING]);
    const ended = gated.told.find(({ type }) => type === 'ended');
    t.is(ended?.type === 'ended' ? ended.imitates?.name : null, reason as 'bad_header');
  }
});

test('amqp_refuse uses the given farewell, close and delay', (t) => {
  const gated = new Gated([{ type: 'amqp_refuse', attributes: { farewell: '00 ff', close: 'fin', delay: 50 } }]);
  gated.from('client', HEADER);
  t.deepEqual(gated.take('client'), NOTHING);
  t.true(gated.gate.isHolding);
  gated.advance(50);
  t.deepEqual(gated.take('client'), hex('00ff'));
  t.deepEqual(gated.ended.client, ['fin']);
});

test('amqp_refuse leaves an invalid header to the classifier', (t) => {
  const gated = new Gated([{ type: 'amqp_refuse' }]);
  gated.from('client', ascii('amqp0091'));
  t.deepEqual(gated.take('upstream'), ascii('amqp0091'));
  t.deepEqual(gated.acted, []);
});

test('amqp_stall sends nothing to the client, not even the close from the upstream, and forwards what the client sends', (t) => {
  const gated = upTo('start', { type: 'amqp_stall', attributes: { at: 'start', timeout: '2s' } });
  gated.from('client', START_OK).from('upstream', TUNE).end('upstream', 'fin');
  t.deepEqual(gated.take('upstream'), START_OK);
  t.deepEqual([gated.take('client'), gated.ended.client], [NOTHING, []]);
  gated.advance(2000);
  t.deepEqual([gated.take('client'), gated.ended.client], [NOTHING, ['rst']]);
});

test('amqp_stall that resumes sends everything that it held to the client, and then the close', (t) => {
  const gated = upTo('tune', { type: 'amqp_stall', attributes: { at: 'tune', timeout: '2s', then: 'resume' } });
  gated.from('upstream', HEARTBEAT).end('upstream', 'rst').advance(2000);
  t.deepEqual(gated.take('client'), concat(TUNE, HEARTBEAT));
  t.deepEqual(gated.ended.client, ['rst']);
});

test('amqp_stall at a client method holds it, and passes it on when it resumes', (t) => {
  const gated = upTo('start-ok', {
    type: 'amqp_stall',
    attributes: { at: 'start-ok', timeout: 100, then: 'resume' },
  });
  gated.from('client', HEARTBEAT);
  t.deepEqual(gated.take('upstream'), NOTHING);
  gated.advance(100);
  t.deepEqual(gated.take('upstream'), concat(START_OK, HEARTBEAT));
  gated.from('upstream', TUNE);
  t.deepEqual(gated.take('client'), TUNE);
});

test('amqp_stall lasts for handshakeTimeout by default, and with timeout 0 until it is removed', (t) => {
  const gated = upTo('start', { type: 'amqp_stall' });
  gated.advance(9999);
  t.deepEqual(gated.ended.client, []);
  gated.advance(1);
  t.deepEqual(gated.ended.client, ['rst']);
  const forever = upTo('start', { type: 'amqp_stall', attributes: { timeout: 0 } });
  forever.advance(86_400_000);
  t.deepEqual([forever.ended.client, forever.take('client')], [[], NOTHING]);
  forever.setFaults();
  t.deepEqual(forever.take('client'), START);
});

test('the octets held for a stalled client are bounded: its upstream is paused until the stall ends', (t) => {
  const gated = upTo('running', { type: 'amqp_stall', attributes: { at: 'running', timeout: 100, then: 'resume' } });
  gated.from('upstream', encodeFrame(3, 1, new Uint8Array(70_000)));
  t.true(gated.paused.upstream);
  gated.advance(100);
  t.false(gated.paused.upstream);
  t.is(gated.take('client').length, OPEN_OK.length + 70_008);
});

test('amqp_close sends Close and closes the client after its Close-Ok, wherever that is split', (t) => {
  for (const [head, tail] of splits(CLOSE_OK)) {
    const gated = upTo('open', { type: 'amqp_close', attributes: { code: 320 } });
    t.deepEqual(method(gated.take('client')), {
      name: 'connection.close',
      replyCode: 320,
      replyText: 'CONNECTION_FORCED - closed by rabbit-snare',
      classId: 0,
      methodId: 0,
    });
    gated.from('client', HEARTBEAT, head);
    if (tail.length > 0) t.deepEqual(gated.ended.client, []);
    gated.from('client', tail);
    t.deepEqual(gated.ended.client, ['rst']);
    gated.from('upstream', OPEN_OK, CLOSE_OK);
    t.deepEqual(gated.take('upstream'), concat(OPEN, GOODBYE));
    t.deepEqual(gated.ended.upstream, ['fin']);
    t.deepEqual([gated.take('client'), gated.clock.timers], [NOTHING, 0]);
  }
});

for (const [place, passed] of [
  ['before', NOTHING],
  ['after', START_OK],
] as const) {
  test(`amqp_close at start-ok, ${place}, with 403 sends RabbitMQ's text, and the broker receives a FIN`, (t) => {
    const gated = upTo('start-ok', {
      type: 'amqp_close',
      attributes: { at: 'start-ok', place, code: 403, close: 'fin' },
    });
    const close = method(gated.take('client'));
    t.is(
      close.name === 'connection.close' ? close.replyText : '',
      'ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile.',
    );
    t.deepEqual([gated.take('upstream'), gated.ended.upstream], [passed, ['fin']]);
    gated.from('client', CLOSE_OK);
    t.deepEqual(gated.ended.client, ['fin']);
  });
}

test('amqp_close waits for Close-Ok for the heartbeat interval, or for its timeout', (t) => {
  for (const [attributes, ms] of [
    [{ at: 'running' }, 30_000],
    [{ at: 'running', timeout: 70 }, 70],
  ] as const) {
    const gated = running({ type: 'amqp_close', attributes });
    gated.advance(ms - 1);
    t.deepEqual(gated.ended.client, []);
    gated.advance(1);
    t.deepEqual(gated.ended.client, ['rst']);
  }
});

test('a client that closes instead of sending Close-Ok is closed immediately', (t) => {
  const gated = running({ type: 'amqp_close', attributes: { at: 'running' } });
  gated.end('client', 'fin');
  t.deepEqual(gated.ended.client, ['rst']);
  gated.from('upstream', CLOSE_OK);
  t.is(gated.clock.timers, 0);
});

test('amqp_close that is added to a running connection waits for the end of the current frames', (t) => {
  const gated = running();
  const big = encodeFrame(3, 1, new Uint8Array(20_000));
  gated.from('upstream', big.subarray(0, 5000)).from('client', big.subarray(0, 3));
  gated.setFaults({ type: 'amqp_close', attributes: { at: 'running' } });
  t.deepEqual(gated.take('client'), big.subarray(0, 5000));
  gated.from('upstream', big.subarray(5000), HEARTBEAT);
  const got = gated.take('client');
  t.deepEqual(got.subarray(0, 15_008), big.subarray(5000));
  t.is(method(got.subarray(15_008)).name, 'connection.close');
  gated.from('client', concat(big.subarray(3), CLOSE_OK));
  t.deepEqual(gated.take('upstream'), concat(big, GOODBYE));
  t.deepEqual(gated.ended.client, ['rst']);
});

test('no Connection.Close is sent to the upstream in the middle of a frame', (t) => {
  const gated = running();
  gated.from('client', encodeFrame(3, 1, new Uint8Array(100)).subarray(0, 50));
  gated.setFaults({ type: 'amqp_reset', attributes: { at: 'running' } });
  t.deepEqual(gated.ended, { client: ['rst'], upstream: ['fin'] });
  t.is(gated.take('upstream').length, 50);
});

test('a fault at a moment that has passed does not act', (t) => {
  const gated = running();
  gated.setFaults({ type: 'amqp_close', attributes: { at: 'open' } });
  gated.from('client', HEARTBEAT);
  t.deepEqual(gated.acted, []);
});

test('amqp_truncate passes only the first octets of a frame from the broker', (t) => {
  for (const [attributes, count, ends] of [
    [{}, Math.floor(START.length / 2), ['rst']],
    [{ octets: 3, then: 'fin' }, 3, ['fin']],
    [{ octets: 0, then: 'stall' }, 0, []],
    [{ octets: 100_000 }, START.length, ['rst']],
  ] as const) {
    const gated = upTo('start', { type: 'amqp_truncate', attributes });
    t.deepEqual(gated.take('client'), START.subarray(0, count));
    t.deepEqual(gated.ended.client, [...ends]);
  }
});

test('amqp_truncate that stalls passes the rest when it is removed', (t) => {
  const gated = upTo('start', { type: 'amqp_truncate', attributes: { octets: 3, then: 'stall' } });
  gated.take('client');
  gated.setFaults();
  t.deepEqual(gated.take('client'), START.subarray(3));
});

test('amqp_corrupt changes one number of one frame', (t) => {
  for (const [what, value, from, digits] of [
    ['frame_end', 0, TUNE.length - 1, '00'],
    ['type', 9, 0, '09'],
    ['size', 0xffff_ffff, 3, 'ffffffff'],
    ['class', 99, 7, '0063'],
    ['method', 99, 9, '0063'],
  ] as const) {
    const gated = upTo('tune', { type: 'amqp_corrupt', attributes: { at: 'tune', what, value } });
    const expected = Uint8Array.from(TUNE);
    expected.set(hex(digits), from);
    t.deepEqual(gated.take('client'), expected);
  }
});

test('amqp_corrupt that is added to a running connection has no frame to change, and does not act', (t) => {
  for (const what of ['frame_end', 'type', 'size', 'class', 'method'] as const) {
    const gated = running();
    gated.setFaults({ type: 'amqp_corrupt', attributes: { at: 'running', what } });
    gated.from('upstream', HEARTBEAT);
    t.deepEqual(gated.take('client'), HEARTBEAT);
    t.deepEqual(gated.acted, []);
  }
});

test('a frame that has been passed on in part is not rewritten', (t) => {
  for (const place of ['middle', 'after'] as const) {
    for (const type of ['amqp_corrupt', 'amqp_tune', 'amqp_start'] as const) {
      const at = type === 'amqp_start' ? 'start' : 'tune';
      const whole = at === 'start' ? START : TUNE;
      const stall = { type: 'amqp_stall', attributes: { at, place, timeout: 10, then: 'resume' } };
      const gated = upTo(at, stall, { type, attributes: type === 'amqp_corrupt' ? { at } : {} });
      gated.advance(10);
      t.deepEqual(gated.take('client'), whole, `${type} ${place}`);
      t.deepEqual(gated.acted, [`amqp/amqp_stall_downstream at ${at}`]);
    }
  }
});

test("amqp_start rewrites the broker's Start: maps are merged, and null removes a property", (t) => {
  const gated = new Gated([
    {
      type: 'amqp_start',
      attributes: {
        version_minor: 8,
        mechanisms: 'EXTERNAL',
        server_properties: { version: '9.9', product: null, capabilities: { a: null, b: true } },
      },
    },
  ]);
  gated.from('client', HEADER);
  gated.from('upstream', broker.start({ product: 'RabbitMQ', version: '3.10.8', capabilities: { a: true, c: true } }));
  const expected = broker.start({ version: '9.9', capabilities: { c: true, b: true } });
  const start = method(expected);
  if (start.name !== 'connection.start') return t.fail();
  t.deepEqual(gated.take('client'), frame({ ...start, versionMinor: 8, mechanisms: 'EXTERNAL' }));
});

test("amqp_tune rewrites Tune, and reduces the client's Tune-Ok to the broker's limits", (t) => {
  const tune = { channel_max: 5000, frame_max: 0, heartbeat: 1 };
  for (const [attributes, expected] of [
    [tune, { channelMax: 2047, frameMax: 131_072, heartbeat: 1 }],
    [
      { ...tune, clamp: false },
      { channelMax: 5000, frameMax: 0, heartbeat: 1 },
    ],
  ] as const) {
    const gated = upTo('tune', { type: 'amqp_tune', attributes });
    t.deepEqual(method(gated.take('client')), { name: 'connection.tune', channelMax: 5000, frameMax: 0, heartbeat: 1 });
    gated.from('client', frame({ name: 'connection.tune-ok', channelMax: 5000, frameMax: 0, heartbeat: 1 }));
    t.deepEqual(method(gated.take('upstream')), { name: 'connection.tune-ok', ...expected });
  }
});

test("amqp_tune raises a frame_max below the broker's minimum in Tune-Ok, unless it must not clamp", (t) => {
  const least = (dialect: string, attributes: object, frameMax: number) => {
    const fault = { type: 'amqp_tune', attributes: { frame_max: 1, ...attributes } };
    const gated = until('tune', new Gated([fault], { setting: { ...SETTING, dialect: dialectOf(dialect) } }));
    t.like(method(gated.take('client')), { frameMax: 1 });
    gated.from('client', frame({ name: 'connection.tune-ok', channelMax: 1, frameMax, heartbeat: 0 }));
    return (method(gated.take('upstream')) as { readonly frameMax: number }).frameMax;
  };
  t.is(least('4.0.5', {}, 1), 4096);
  t.is(least('4.3.6', {}, 1), 8192);
  t.is(least('4.3.6', {}, 4096), 8192);
  t.is(least('4.3.6', {}, 8192), 8192);
  t.is(least('4.3.6', {}, 0), 131_072, 'no limit is more than the maximum');
  t.is(least('4.3.6', { clamp: false }, 1), 1);
});

const BLOCKED = frame({ name: 'connection.blocked', reason: 'low on memory' });
const UNBLOCKED = frame({ name: 'connection.unblocked' });
const capable = client.startOk({ properties: { capabilities: { 'connection.blocked': true } } });

function runningCapable(...faults: readonly object[]): Gated {
  const gated = new Gated(faults);
  for (const [side, octets, moment] of TALK) gated.from(side, moment === 'start-ok' ? capable : octets);
  return gated;
}

test('two faults can rewrite the same frame', (t) => {
  const [heartbeat, channelMax] = [7, 5];
  const gated = upTo(
    'tune',
    { type: 'amqp_tune', name: 'one', attributes: { heartbeat } },
    { type: 'amqp_tune', name: 'two', attributes: { channel_max: channelMax } },
  );
  t.deepEqual(gated.take('client'), frame({ name: 'connection.tune', channelMax, frameMax: 131_072, heartbeat }));
});

test('amqp_blocked sends Blocked, and later Unblocked, to clients with the capability', (t) => {
  const gated = runningCapable({ type: 'amqp_blocked', attributes: { delay: 10, duration: 100 } });
  gated.take('client');
  gated.advance(10);
  t.deepEqual(gated.take('client'), BLOCKED);
  gated.advance(100);
  t.deepEqual(gated.take('client'), UNBLOCKED);
  gated.setFaults();
  t.deepEqual(gated.take('client'), NOTHING);
});

test('amqp_blocked without a duration lasts until it is removed, and does not act on clients without the capability', (t) => {
  const gated = runningCapable({ type: 'amqp_blocked' });
  t.deepEqual(gated.take('client').subarray(-BLOCKED.length), BLOCKED);
  gated.setFaults();
  t.deepEqual(gated.take('client'), UNBLOCKED);
  const deaf = upTo('running', { type: 'amqp_blocked' });
  t.deepEqual(deaf.take('client'), OPEN_OK);
  t.deepEqual(deaf.acted, []);
});

test('amqp_mute_heartbeats drops the heartbeats of one direction, wherever they are split', (t) => {
  const talk = concat(other(1, 20, 11), HEARTBEAT, encodeFrame(3, 1, ascii('body')), HEARTBEAT, other(2, 20, 11));
  const quiet = concat(other(1, 20, 11), encodeFrame(3, 1, ascii('body')), other(2, 20, 11));
  for (const [head, tail] of splits(talk)) {
    const gated = running({ type: 'amqp_mute_heartbeats' });
    gated.from('upstream', head, tail).from('client', head, tail);
    t.deepEqual(gated.take('client'), quiet);
    t.deepEqual(gated.take('upstream'), talk);
    gated.setFaults();
    gated.from('upstream', HEARTBEAT);
    t.deepEqual(gated.take('client'), HEARTBEAT);
  }
});

test('amqp_mute_heartbeats also drops the heartbeats of the handshake', (t) => {
  const gated = new Gated([{ type: 'amqp_mute_heartbeats', stream: 'upstream' }]);
  gated.from('client', HEADER, START_OK, HEARTBEAT, TUNE_OK);
  t.deepEqual(gated.take('upstream'), concat(HEADER, START_OK, TUNE_OK));
});

const ACK = other(1, 60, 80, hex('0000000000000001 00'));

test('amqp_hold keeps a method and everything after it on its channel until it is removed', (t) => {
  const talk = concat(other(1, 20, 11), ACK, other(2, 60, 21), encodeFrame(3, 1, ascii('late')), HEARTBEAT);
  for (const [head, tail] of splits(talk)) {
    const gated = running({ type: 'amqp_hold', attributes: { method: 'basic.ack' } });
    gated.from('upstream', head, tail);
    t.deepEqual(gated.take('client'), concat(other(1, 20, 11), other(2, 60, 21), HEARTBEAT));
    gated.setFaults();
    t.deepEqual(gated.take('client'), concat(ACK, encodeFrame(3, 1, ascii('late'))));
  }
});

test('amqp_hold that is removed in the middle of a frame keeps frames whole and in order', (t) => {
  const late = encodeFrame(3, 1, ascii('late'));
  for (const [head, tail] of splits(late)) {
    const gated = running({ type: 'amqp_hold', attributes: { method: 'basic.ack' } });
    gated.from('upstream', ACK, head);
    gated.setFaults();
    gated.from('upstream', tail, HEARTBEAT);
    t.deepEqual(gated.take('client'), concat(ACK, late, HEARTBEAT));
  }
  const elsewhere = encodeFrame(3, 2, ascii('other'));
  for (const [head, tail] of splits(elsewhere)) {
    const gated = running({ type: 'amqp_hold', attributes: { method: 'basic.ack' } });
    gated.from('upstream', ACK, head);
    gated.setFaults();
    gated.from('upstream', tail, late);
    const got = Buffer.from(gated.take('client'));
    const has = (octets: Uint8Array) => got.indexOf(Buffer.from(octets));
    t.true(has(elsewhere) >= 0 && has(ACK) >= 0 && has(late) > has(ACK));
    t.is(got.length, ACK.length + elsewhere.length + late.length);
  }
});

test('amqp_hold that delays passes each method after its delay', (t) => {
  const gated = running({ type: 'amqp_hold', attributes: { method: 'basic.ack', action: 'delay', delay: 50 } });
  gated.from('upstream', ACK, other(1, 20, 11)).advance(50);
  t.deepEqual(gated.take('client'), concat(ACK, other(1, 20, 11)));
  gated.from('upstream', other(1, 20, 11), ACK);
  t.deepEqual(gated.take('client'), other(1, 20, 11));
  gated.advance(50);
  t.deepEqual(gated.take('client'), ACK);
});

test('a fault that is removed while it drops a frame drops all of that frame', (t) => {
  for (const [head, tail] of splits(HEARTBEAT)) {
    if (head.length < 7) continue;
    const gated = running({ type: 'amqp_mute_heartbeats' });
    gated.from('upstream', head);
    gated.setFaults();
    gated.from('upstream', concat(tail, ACK));
    t.deepEqual(gated.take('client'), ACK);
  }
});

test('amqp_hold that drops a method also drops its header and body, on that channel only', (t) => {
  const content = (channel: number) =>
    concat(other(channel, 60, 60), encodeFrame(2, channel, hex('003c')), encodeFrame(3, channel, ascii('body')));
  const gated = running({ type: 'amqp_hold', attributes: { method: 'basic.deliver', action: 'drop' } });
  gated.from('upstream', concat(content(1), other(1, 60, 80), encodeFrame(2, 1, hex('00')), HEARTBEAT));
  t.deepEqual(gated.take('client'), concat(other(1, 60, 80), encodeFrame(2, 1, hex('00')), HEARTBEAT));
});

test('the octets that amqp_hold keeps are bounded: the source is paused', (t) => {
  const gated = running({ type: 'amqp_hold', attributes: { method: 'basic.ack' } });
  gated.from('upstream', ACK);
  for (let nth = 0; nth < 20; nth++) gated.from('upstream', encodeFrame(3, 1, new Uint8Array(60_000)));
  t.true(gated.paused.upstream);
  gated.setFaults();
  t.false(gated.paused.upstream);
});

test('product, user and vhost are known at their moments', (t) => {
  const seen: object[] = [];
  const gated = new Gated(
    [
      { type: 'amqp_reset', name: 'a', attributes: { at: 'start-ok', user: 'app' } },
      { type: 'amqp_reset', name: 'b', attributes: { at: 'open', vhost: 'v' } },
    ],
    {
      decide: (_, known) => {
        seen.push(known);
        return 'never';
      },
    },
  );
  gated.from('client', HEADER, client.startOk({ response: plain('app', 'secret') }), TUNE_OK, client.open('v'));
  t.deepEqual(seen, [
    { moment: 'start-ok', header: [0, 0, 9, 1], product: 'app', user: 'app', vhost: null },
    { moment: 'open', header: [0, 0, 9, 1], product: 'app', user: 'app', vhost: 'v' },
  ]);
});

test('a reset from the client is relayed immediately, and no timer is left', (t) => {
  const gated = upTo('start', { type: 'amqp_stall' });
  gated.end('client', 'rst');
  t.deepEqual(gated.ended, { client: [], upstream: ['rst'] });
  t.is(gated.clock.timers, 0);
  gated.from('upstream', TUNE).end('upstream', 'fin');
  t.deepEqual(gated.take('client'), NOTHING);
});

test('a close is relayed after the held octets', (t) => {
  const gated = new Gated([{ type: 'amqp_reset', attributes: { at: 'start' } }]);
  gated.from('client', HEADER).from('upstream', START.subarray(0, 9)).end('upstream', 'fin');
  t.deepEqual([gated.take('client'), gated.ended.client], [START.subarray(0, 9), ['fin']]);
});

test('octets that amqp_hold keeps are not passed on after the close', (t) => {
  const gated = running({ type: 'amqp_hold', attributes: { method: 'basic.ack' } });
  gated.from('upstream', ACK, HEARTBEAT).end('upstream', 'fin');
  gated.setFaults();
  t.deepEqual([gated.take('client'), gated.ended.client], [HEARTBEAT, ['fin']]);
});

test("no Connection.Close is sent to an upstream after the client's own close was relayed", (t) => {
  const gated = running();
  gated.end('client', 'fin').setFaults({ type: 'amqp_reset', attributes: { at: 'running' } });
  t.deepEqual(gated.take('upstream'), NOTHING);
  t.deepEqual(gated.ended, { client: ['rst'], upstream: ['fin'] });
});

test('a fault that ends the connection while another fault holds Open passes Open on', (t) => {
  const gated = upTo(
    'tune-ok',
    { type: 'amqp_reset', attributes: { at: 'tune-ok', place: 'after', delay: 100 } },
    { type: 'amqp_stall', attributes: { at: 'open', timeout: 0 } },
  );
  gated.from('client', OPEN);
  t.deepEqual(gated.take('upstream'), TUNE_OK);
  gated.advance(100);
  t.deepEqual(gated.take('upstream'), OPEN);
  gated.from('upstream', OPEN_OK);
  t.deepEqual(gated.take('upstream'), GOODBYE);
});

test('a fault that is removed while the beginning of a frame is held changes nothing, wherever that is split', (t) => {
  const method = other(1, 60, 80, hex('0000000000000001 00'));
  for (const [head, tail] of splits(method)) {
    const gated = running({ type: 'amqp_mute_heartbeats' });
    gated.from('upstream', head);
    gated.setFaults();
    gated.from('upstream', tail, HEARTBEAT);
    t.deepEqual(gated.take('client'), concat(method, HEARTBEAT));
  }
});

test('whenever amqp_hold is added and removed, frames stay whole, none is lost, and each channel keeps its order', (t) => {
  const frames = fc.array(
    fc.record({ channel: fc.integer({ min: 1, max: 3 }), isAck: fc.boolean(), size: fc.nat(40) }),
    { minLength: 1, maxLength: 20 },
  );
  const cuts = fc.array(fc.record({ size: fc.integer({ min: 1, max: 40 }), holds: fc.boolean(), ms: fc.nat(10) }), {
    minLength: 1,
  });
  const hold = (action: string) => ({ type: 'amqp_hold', attributes: { method: 'basic.ack', action, delay: 5 } });
  t.notThrows(() =>
    fc.assert(
      fc.property(frames, cuts, fc.constantFrom('hold', 'delay'), (frames, cuts, action) => {
        const gated = running();
        const sent = frames.map(({ channel, isAck, size }, nth) =>
          isAck
            ? other(channel, 60, 80, Uint8Array.of(nth))
            : encodeFrame(3, channel, Uint8Array.of(nth, ...new Uint8Array(size))),
        );
        const octets = concat(...sent);
        for (let at = 0, nth = 0; at < octets.length; nth++) {
          const { size, holds, ms } = cuts[nth % cuts.length] as (typeof cuts)[number];
          if (holds) gated.setFaults(hold(action));
          else gated.setFaults();
          gated.from('upstream', octets.subarray(at, at + size)).advance(ms);
          at += size;
        }
        gated.setFaults();
        const reader = new FrameReader({ maxPayload: 1000 });
        const got = reader.read(gated.take('client')).map((each) => encodeFrame(each.type, each.channel, each.payload));
        t.is(reader.held.length, 0);
        for (const channel of [1, 2, 3]) {
          const of = (all: readonly Uint8Array[]) => concat(...all.filter((each) => each[2] === channel));
          t.deepEqual(of(got), of(sent));
        }
      }),
      { numRuns: 300 },
    ),
  );
});

test('octets that are only followed pass like all others, whenever faults are added and removed', (t) => {
  const faults = [
    { type: 'amqp_mute_heartbeats' },
    { type: 'amqp_hold', attributes: { method: 'basic.ack' } },
    { type: 'amqp_blocked' },
    { type: 'amqp_close', attributes: { at: 'running' } },
  ];
  const frames = [HEARTBEAT, ACK, other(2, 60, 80, hex('0000000000000002 00')), encodeFrame(3, 1, ascii('body'))];
  const steps = fc.array(
    fc.record({
      set: fc.option(fc.subarray(faults), { freq: 2 }),
      side: fc.constantFrom('client' as const, 'upstream' as const),
      frame: fc.nat(frames.length - 1),
      cut: fc.nat(20),
    }),
    { minLength: 1, maxLength: 15 },
  );
  let followed = 0;
  t.notThrows(() =>
    fc.assert(
      fc.property(steps, fc.boolean(), (steps, isLost) => {
        const [fast, slow] = [true, false].map((isFast) => {
          const gated = until('running', new Gated([], { isFast }));
          if (isLost) gated.from('client', ascii('not a frame'));
          for (const { set, side, frame: at, cut } of steps) {
            if (set !== null) gated.setFaults(...set);
            const octets = frames[at] as Uint8Array;
            gated.from(side, octets.subarray(0, cut));
            gated.from(side, octets.subarray(cut));
          }
          return gated;
        }) as [Gated, Gated];
        followed += fast.followed;
        t.is(slow.followed, 0);
        for (const side of ['client', 'upstream'] as const) t.deepEqual(fast.take(side), slow.take(side));
        t.deepEqual([fast.ended, fast.paused, fast.told], [slow.ended, slow.paused, slow.told]);
      }),
      { numRuns: 500 },
    ),
  );
  t.true(followed > 100);
});

test('amqp_hold that is removed while it keeps part of a frame passes that frame last', (t) => {
  const late = encodeFrame(3, 1, ascii('late'));
  const elsewhere = other(2, 60, 80, hex('0000000000000002 00'));
  const gated = running({ type: 'amqp_hold', attributes: { method: 'basic.ack' } });
  gated.from('upstream', ACK, elsewhere, late.subarray(0, 9));
  gated.setFaults();
  gated.from('upstream', late.subarray(9));
  t.deepEqual(gated.take('client'), concat(elsewhere, ACK, late));
});

test('after octets that are not frames, everything passes unchanged', (t) => {
  for (const lost of [
    ascii('GET / HTTP/1.1\r\n\r\n'),
    hex('01 0000 00000004 000a0033 00'),
    hex('09 0000 00000000 ce'),
  ]) {
    for (const [head, tail] of splits(lost)) {
      const gated = running({ type: 'amqp_mute_heartbeats', stream: 'upstream' });
      gated.from('client', head, tail, HEARTBEAT).from('upstream', head, tail, HEARTBEAT);
      t.deepEqual(gated.take('client'), concat(lost, HEARTBEAT));
      t.deepEqual(gated.take('upstream'), concat(lost, HEARTBEAT));
    }
  }
});
