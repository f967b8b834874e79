import test from 'ava';
import fc from 'fast-check';
import { sequence } from '../../../lib/faults/chance.js';
import { parseFault } from '../../../lib/faults/parse-fault.js';
import { Chain, FEWER, MANY, MOST } from '../../../lib/faults/stream/chain.js';
import { heldByAll } from '../../../lib/faults/stream/held-octets.js';
import type { ChainContext, End, Link, LinkedConnection, OpenLink } from '../../../lib/faults/stream/link.js';
import { openLinkOf } from '../../../lib/faults/stream/open-link.js';
import { ascii, concat } from '../../support/bytes.js';
import { ManualClock } from '../../support/manual-clock.js';

const random = () => sequence({ seed: 1, proxy: 'amqp', name: 'x', connection: 1 });
const fin: End = { close: 'fin', byFault: false };
const rst: End = { close: 'rst', byFault: false };
const cut: End = { close: 'fin', byFault: true };

/** A chain whose sink records the octets that arrive, and when. */
function open() {
  const clock = new ManualClock();
  const seen: [at: number, what: string | End][] = [];
  const state = { takes: true, rooms: 0 };
  const chain = new Chain({
    clock,
    sink: {
      octets: (octets) => {
        seen.push([clock.ticks(), Buffer.from(octets).toString('latin1')]);
        return state.takes;
      },
      end: (end) => seen.push([clock.ticks(), end]),
    },
    room: () => {
      state.rooms += 1;
    },
  });
  const add = (type: string, attributes: object = {}, id = type): void =>
    chain.add(id, link(type, attributes), random());
  const update = (type: string, attributes: object): void =>
    chain.update(type, parseFault({ type, attributes }, { proxy: 'amqp' }).attributes);
  /** Pushes from a buffer that is overwritten afterwards. */
  const push = (text: string): boolean => {
    const buffer = ascii(text);
    const room = chain.push(buffer);
    if (room) buffer.fill(0x21);
    return room;
  };
  return { chain, clock, seen, state, add, update, push };
}

const CONNECTION: LinkedConnection = { acceptedAt: 0, hasUpstream: () => true, keepOpen() {}, resetSide() {} };

function link(type: string, attributes: object): (context: ChainContext) => Link {
  const open = openLinkOf(parseFault({ type, attributes }, { proxy: 'amqp', asToxiproxy: true })) as OpenLink;
  return (context) => open({ ...context, from: 'upstream', connection: CONNECTION });
}

test('a chain without links passes octets and the end immediately', (t) => {
  const { chain, seen, push } = open();
  t.true(chain.isEmpty);
  push('abc');
  chain.end('fin');
  chain.end('rst');
  t.deepEqual(seen, [
    [0, 'abc'],
    [0, fin],
    [0, rst],
  ]);
});

test('nothing follows a reset, and no octets follow an end', (t) => {
  const { chain, seen, push } = open();
  chain.end('fin');
  push('late');
  chain.end('fin');
  chain.end('rst');
  chain.end('fin');
  t.deepEqual(
    seen.map(([, what]) => what),
    [fin, rst],
  );
});

test('a reset overtakes octets that a full sink holds back, but still waits for a delay of the close', (t) => {
  const faults = [
    ['latency', { latency: 100 }],
    ['bandwidth', { rate: 0 }],
  ] as const;
  for (const [type, attributes] of faults) {
    const { chain, clock, seen, state, add, push } = open();
    state.takes = false;
    push('abc');
    add(type, attributes);
    add('slow_close', { delay: 200 });
    push('lost');
    chain.end('rst');
    clock.advance(200);
    t.deepEqual(seen, [
      [0, 'abc'],
      [200, rst],
    ]);
    t.is(clock.timers, 0);
  }
});

test('a reset that waits for octets no longer does so when they fill the sink', (t) => {
  const { chain, clock, seen, state, add, push } = open();
  add('slicer', { average_size: 1, delay: 1_000 });
  push('abc');
  chain.end('rst');
  state.takes = false;
  clock.advance(1);
  t.deepEqual(seen, [
    [0, 'a'],
    [1, 'b'],
    [1, rst],
  ]);
});

test('latency counts from arrival; the end or a reset follows the last octets directly', (t) => {
  for (const close of ['fin', 'rst'] as const) {
    const { chain, clock, seen, add, push } = open();
    add('latency', { latency: 100 });
    push('a');
    clock.advance(60);
    push('b');
    chain.end(close);
    for (let ms = 0; ms < 120; ms += 10) clock.advance(10);
    t.deepEqual(seen, [
      [100, 'a'],
      [160, 'b'],
      [160, { close, byFault: false }],
    ]);
  }
});

test('several latencies add up', (t) => {
  const { clock, seen, add, push } = open();
  add('latency', { latency: 10 }, 'one');
  add('latency', { latency: 20 }, 'two');
  push('a');
  clock.advance(10);
  clock.advance(20);
  t.deepEqual(seen, [[30, 'a']]);
});

test('slicer halves a chunk, and each half again, until every piece is small enough', (t) => {
  for (const [length, average, expected] of [
    [1000, 400, [250, 250, 250, 250]],
    [1000, 500, [500, 500]],
    [1000, 300, [250, 250, 250, 250]],
    [7, 2, [1, 2, 2, 2]],
    [1000, 1000, [1000]],
    [1000, 0, [1000]],
    [1000, -1, [1000]],
  ] as const) {
    const { seen, add, push } = open();
    add('slicer', { average_size: average });
    push('x'.repeat(length));
    t.deepEqual(
      seen.map(([, what]) => String(what).length),
      expected,
    );
  }
});

test('a change of slicer cuts the rest of a chunk again', (t) => {
  const { clock, seen, add, update, push } = open();
  add('slicer', { average_size: 250, delay: 10_000 });
  push('x'.repeat(1000));
  update('slicer', { average_size: 400, size_variation: 0, delay: 10_000 });
  for (let ms = 0; ms < 50; ms++) clock.advance(1);
  t.deepEqual(
    seen.map(([, what]) => String(what).length),
    [250, 375, 375],
  );
});

test('latency counts from the arrival of the bytes at the proxy, also after bandwidth and slicer', (t) => {
  const cases = [
    // The first 50 bytes leave bandwidth at 50 ms, and the pieces after them at 150 and 200 ms.
    { type: 'bandwidth', attributes: { rate: 1 }, expected: ['100: 50', '150: 100', '200: 50'] },
    { type: 'slicer', attributes: { average_size: 100, delay: 70_000 }, expected: ['100: 50', '100: 75', '140: 75'] },
  ];
  for (const { type, attributes, expected } of cases) {
    const { clock, seen, add, push } = open();
    add(type, attributes);
    add('latency', { latency: 100 });
    push('x'.repeat(50));
    push('y'.repeat(150));
    for (let ms = 0; ms < 300; ms++) clock.advance(1);
    t.deepEqual(
      seen.map(([at, what]) => `${at}: ${String(what).length}`),
      expected,
      type,
    );
  }
});

test('jitter stays within its bounds and keeps the order', (t) => {
  const { clock, seen, add, push } = open();
  add('latency', { latency: 50, jitter: 20 });
  for (let nth = 0; nth < 100; nth++) {
    push(String(nth % 10));
    for (let ms = 0; ms < 100; ms++) clock.advance(1);
  }
  t.is(seen.map(([, what]) => what).join(''), '0123456789'.repeat(10));
  const delays = seen.map(([at], nth) => at - nth * 100);
  t.true(Math.min(...delays) >= 30 && Math.max(...delays) < 70, delays.join());
  t.true(new Set(delays).size > 10);
});

test('removing latency passes on everything immediately, in order, including the end', (t) => {
  const { chain, clock, seen, add, push } = open();
  add('latency', { latency: 1000 });
  add('noop');
  push('a');
  push('b');
  chain.end('fin');
  chain.remove('latency');
  t.deepEqual(seen, [
    [0, 'a'],
    [0, 'b'],
    [0, fin],
  ]);
  t.is(clock.timers, 0);
});

test('a change of latency applies to the octets held back', (t) => {
  const { clock, seen, add, update, push } = open();
  add('latency', { latency: 1000 });
  push('a');
  clock.advance(50);
  update('latency', { latency: 60 });
  clock.advance(10);
  t.deepEqual(seen, [[60, 'a']]);
  t.is(clock.timers, 0);
});

test('bandwidth passes its rate in octets per millisecond, in pieces 100 ms apart', (t) => {
  const { clock, seen, add, push } = open();
  add('bandwidth', { rate: 1 });
  push('x'.repeat(250));
  push('y'.repeat(10));
  for (let ms = 0; ms < 300; ms += 10) clock.advance(10);
  t.deepEqual(
    seen.map(([at, what]) => [at, (what as string).length]),
    [
      [100, 100],
      [200, 100],
      [250, 50],
      [260, 10],
    ],
  );
});

test('bandwidth 0 holds back octets and the end until it is removed', (t) => {
  const { chain, clock, seen, add, push } = open();
  add('bandwidth', { rate: 0 });
  push('abc');
  chain.end('rst');
  clock.advance(86_400_000);
  t.deepEqual(seen, []);
  t.is(clock.timers, 0);
  chain.remove('bandwidth');
  t.deepEqual(
    seen.map(([, what]) => what),
    ['abc', rst],
  );
});

test('changing bandwidth from 0 passes held octets at the new rate', (t) => {
  const { clock, seen, add, update, push } = open();
  add('bandwidth', { rate: 0 });
  push('x'.repeat(200));
  clock.advance(1000);
  update('bandwidth', { rate: 1 });
  t.is(seen.length, 0);
  for (let ms = 0; ms < 200; ms += 100) clock.advance(100);
  t.is(seen.map(([, what]) => what).join('').length, 200);
});

test('a negative rate acts as 0', (t) => {
  const { clock, seen, add, push } = open();
  add('bandwidth', { rate: -5 });
  push('abc');
  clock.advance(1000);
  t.deepEqual(seen, []);
});

test('slow_close holds back only the end, and passes it on immediately when it is removed', (t) => {
  const { chain, clock, seen, add, push } = open();
  add('slow_close', { delay: 100 });
  push('a');
  chain.end('fin');
  clock.advance(99);
  t.deepEqual(seen, [[0, 'a']]);
  chain.remove('slow_close');
  t.deepEqual(seen, [
    [0, 'a'],
    [99, fin],
  ]);
});

test('a change of slow_close restarts its delay, as in Toxiproxy', (t) => {
  const { chain, clock, seen, add, update } = open();
  add('slow_close', { delay: 1000 });
  chain.end('fin');
  clock.advance(500);
  update('slow_close', { delay: 200 });
  clock.advance(199);
  t.deepEqual(seen, []);
  clock.advance(1);
  t.deepEqual(seen, [[700, fin]]);
});

test('timeout discards octets, and closes when none have arrived for that time', (t) => {
  const { clock, seen, add, push } = open();
  add('timeout', { timeout: 300 });
  for (let nth = 0; nth < 4; nth++) {
    push('x');
    clock.advance(150);
  }
  t.deepEqual(seen, []);
  clock.advance(150);
  t.deepEqual(seen, [[750, cut]]);
});

test('the end of its direction ends a timeout: a fin closes both sides, and a reset stays a reset', (t) => {
  for (const timeout of [0, 300]) {
    for (const [close, end] of [
      ['fin', { ...fin, isWhole: true }],
      ['rst', rst],
    ] as const) {
      const { chain, clock, seen, add, update, push } = open();
      add('timeout', { timeout });
      push('x');
      clock.advance(50);
      chain.end(close);
      update('timeout', { timeout: 100 });
      clock.advance(86_400_000);
      chain.remove('timeout');
      t.deepEqual(seen, [[50, end]]);
      t.is(clock.timers, 0);
    }
  }
});

test('a reset that follows a fin is of no use after a timeout has closed both sides', (t) => {
  const { chain, seen, add } = open();
  add('timeout', { timeout: 0 });
  chain.end('fin');
  chain.end('rst');
  t.is(seen.length, 1);
});

test('a timeout that is added after the end of its direction closes when its time is over', (t) => {
  const { chain, clock, seen, add } = open();
  chain.end('fin');
  add('timeout', { timeout: 100 });
  clock.advance(100);
  t.deepEqual(seen, [
    [0, fin],
    [100, cut],
  ]);
});

test('timeout 0 closes only when it is removed, because octets are missing', (t) => {
  const { chain, clock, seen, add, push } = open();
  add('timeout', { timeout: 0 });
  push('x');
  clock.advance(86_400_000);
  t.deepEqual(seen, []);
  chain.remove('timeout');
  t.deepEqual(seen, [[86_400_000, cut]]);
});

test('reset_peer resets a connection on which nothing is sent', (t) => {
  const { clock, seen, add } = open();
  add('reset_peer', { timeout: 200 });
  clock.advance(200);
  t.deepEqual(seen, [[200, { close: 'rst', byFault: true }]]);
});

test('reset_peer resets a half-closed connection', (t) => {
  const { chain, clock, seen, add } = open();
  chain.end('fin');
  add('reset_peer', { timeout: 0 });
  clock.advance(0);
  t.deepEqual(
    seen.map(([, what]) => what),
    [fin, { close: 'rst', byFault: true }],
  );
});

test('removing reset_peer before its timeout resets only connections whose octets were discarded', (t) => {
  for (const [octets, expected] of [
    ['', []],
    ['x', [{ close: 'rst', byFault: true }]],
  ] as const) {
    const { chain, clock, seen, add, push } = open();
    add('reset_peer', { timeout: 200 });
    if (octets) push(octets);
    clock.advance(50);
    chain.remove('reset_peer');
    clock.advance(1000);
    t.deepEqual(
      seen.map(([, what]) => what),
      [...expected],
    );
  }
});

test('limit_data closes exactly at the limit, and cuts a chunk that crosses it', (t) => {
  for (const chunks of [['abcd', 'efgh'], ['abcd', 'efghij'], ['abcdefghij']]) {
    const { seen, add, push } = open();
    add('limit_data', { bytes: 8 });
    for (const chunk of chunks) push(chunk);
    push('more');
    t.deepEqual(
      [seen.map(([, what]) => (typeof what === 'string' ? what : '')).join(''), seen.at(-1)?.[1]],
      ['abcdefgh', cut],
    );
  }
});

test('limit_data 0 closes at the first octet, not earlier', (t) => {
  const { chain, seen, add, push } = open();
  add('limit_data', { bytes: 0 });
  t.deepEqual(seen, []);
  push('a');
  t.deepEqual(seen, [[0, cut]]);
  chain.remove('limit_data');
  t.is(seen.length, 1);
});

test('the limit of limit_data can be raised', (t) => {
  const { seen, add, update, push } = open();
  add('limit_data', { bytes: 4 });
  push('abc');
  update('limit_data', { bytes: 6 });
  push('def');
  t.deepEqual(
    seen.map(([, what]) => what),
    ['abc', 'def', cut],
  );
});

test('slicer cuts pieces of about its size, with a pause after each', (t) => {
  const { clock, seen, add, push } = open();
  add('slicer', { average_size: 10, size_variation: 2, delay: 5000 });
  push('x'.repeat(100));
  push('end');
  for (let ms = 0; ms < 500; ms++) clock.advance(1);
  const pieces = seen.map(([, what]) => (what as string).length);
  t.is(
    pieces.reduce((sum, length) => sum + length),
    103,
  );
  t.true(Math.max(...pieces) <= 12, pieces.join());
  const times = seen.map(([at]) => at);
  t.deepEqual(
    times,
    times.map((_, nth) => nth * 5),
  );
});

test('slicer terminates and loses nothing without a size, or with a variation larger than the size', (t) => {
  for (const attributes of [{}, { average_size: 1, size_variation: 50 }, { average_size: 1 }, { average_size: -1 }]) {
    const { seen, add, push } = open();
    add('slicer', attributes);
    push('x'.repeat(2000));
    t.is(seen.map(([, what]) => what).join(''), 'x'.repeat(2000));
  }
});

test('a close by one fault follows the octets that another fault holds back', (t) => {
  const { clock, seen, add, push } = open();
  add('limit_data', { bytes: 3 });
  add('latency', { latency: 100 });
  push('abcdef');
  clock.advance(100);
  t.deepEqual(seen, [
    [100, 'abc'],
    [100, cut],
  ]);
});

test('a chain is full when its links hold back the maximum, and calls room once when there is room again', (t) => {
  const { chain, clock, state, add } = open();
  add('latency', { latency: 100 });
  const chunk = new Uint8Array(MOST.octets / 4);
  t.deepEqual(
    [1, 2, 3, 4].map(() => chain.push(chunk)),
    [true, true, true, false],
  );
  t.is(state.rooms, 0);
  clock.advance(100);
  t.is(state.rooms, 1);
  t.is(chain.load.octets, 0);
});

test('while all chains together hold back a lot, each is full with less', (t) => {
  const before = heldByAll.octets;
  const others = Array.from({ length: MANY / MOST.octets }, () => {
    const { chain, add } = open();
    add('bandwidth', { rate: 0 });
    t.false(chain.push(new Uint8Array(MOST.octets)));
    return chain;
  });
  const { chain, add } = open();
  add('bandwidth', { rate: 0 });
  t.true(chain.push(new Uint8Array(FEWER - 1)));
  t.false(chain.push(new Uint8Array(1)));
  for (const other of others) other.dispose();
  t.true(chain.push(new Uint8Array(1)));
  chain.dispose();
  t.is(heldByAll.octets, before);
});

test('many small chunks also fill a chain', (t) => {
  const { state, chain, add, push } = open();
  add('bandwidth', { rate: 0 });
  for (let nth = 1; nth < MOST.chunks; nth++) push('x');
  t.false(push('x'));
  chain.remove('bandwidth');
  t.is(state.rooms, 1);
});

test('a full sink makes the chain full until it has drained', (t) => {
  const { chain, state, push } = open();
  state.takes = false;
  t.false(push('a'));
  chain.drained();
  t.is(state.rooms, 1);
  chain.drained();
  t.is(state.rooms, 1);
});

test('a disposed chain has no timers and emits nothing', (t) => {
  const { chain, clock, seen, add, push } = open();
  add('latency', { latency: 100 });
  add('timeout', { timeout: 100 });
  add('reset_peer', { timeout: 100 });
  push('a');
  chain.dispose();
  t.is(clock.timers, 0);
  push('b');
  chain.end('rst');
  chain.remove('latency');
  t.deepEqual(seen, []);
});

test('links copy the octets they hold back', (t) => {
  const { chain, clock, seen, add } = open();
  add('latency', { latency: 10 });
  const buffer = ascii('abc');
  chain.push(buffer);
  buffer.fill(0);
  clock.advance(10);
  t.deepEqual(seen, [[10, 'abc']]);
});

const HARMLESS = [
  fc.record({ type: fc.constant('latency'), attributes: fc.record({ latency: fc.nat(50), jitter: fc.nat(60) }) }),
  fc.record({ type: fc.constant('bandwidth'), attributes: fc.record({ rate: fc.nat(5) }) }),
  fc.record({
    type: fc.constant('slicer'),
    attributes: fc.record({ average_size: fc.nat(20), size_variation: fc.nat(30), delay: fc.nat(5000) }),
  }),
  fc.record({ type: fc.constant('slow_close'), attributes: fc.record({ delay: fc.nat(100) }) }),
  fc.record({ type: fc.constant('noop'), attributes: fc.constant({}) }),
  fc.record({ type: fc.constant('limit_data'), attributes: fc.constant({ bytes: 1e9 }) }),
];

type Step =
  | { readonly do: 'push'; readonly size: number }
  | { readonly do: 'tick'; readonly ms: number }
  | { readonly do: 'add'; readonly fault: { readonly type: string; readonly attributes: object } }
  | { readonly do: 'remove' | 'update'; readonly which: number; readonly scale: number };

const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('push' as const), size: fc.integer({ min: 1, max: 200 }) }),
    fc.record({ do: fc.constant('tick' as const), ms: fc.nat(60) }),
    fc.record({ do: fc.constant('add' as const), fault: fc.oneof(...HARMLESS) }),
    fc.record({ do: fc.constantFrom('remove' as const, 'update' as const), which: fc.nat(5), scale: fc.nat(3) }),
  ),
  { maxLength: 60 },
);

test('all octets arrive in order and before the end, however links are added, changed and removed', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(steps, fc.nat(60), (steps: readonly Step[], endsAt) => {
        const { chain, clock, seen } = open();
        const ids: { id: string; type: string; attributes: object }[] = [];
        const sent: Uint8Array[] = [];
        let next = 0;
        for (const [nth, step] of steps.entries()) {
          if (nth === endsAt) chain.end('fin');
          if (step.do === 'tick') for (let ms = 0; ms < step.ms; ms++) clock.advance(1);
          if (step.do === 'push' && nth < endsAt) {
            const octets = Uint8Array.from({ length: step.size }, () => next++ & 0xff);
            sent.push(Uint8Array.from(octets));
            chain.push(octets);
          }
          if (step.do === 'add') {
            const id = `fault ${nth}`;
            chain.add(id, link(step.fault.type, step.fault.attributes), random());
            ids.push({ id, ...step.fault });
          }
          const chosen = step.do === 'remove' || step.do === 'update' ? ids[step.which % ids.length] : undefined;
          if (step.do === 'remove' && chosen) {
            chain.remove(chosen.id);
            ids.splice(ids.indexOf(chosen), 1);
          }
          if (step.do === 'update' && chosen && chosen.type === 'bandwidth') {
            chain.update(chosen.id, { rate: step.scale });
          }
        }
        if (endsAt >= steps.length) chain.end('fin');
        for (const { id } of ids) chain.remove(id);
        const octets = seen.flatMap(([, what]) => (typeof what === 'string' ? [ascii(what)] : []));
        t.deepEqual(concat(...octets), concat(...sent));
        t.deepEqual(seen.at(-1)?.[1], fin);
        t.deepEqual(chain.load, { octets: 0, chunks: 0 });
        t.is(clock.timers, 0);
      }),
      { numRuns: 300 },
    ),
  );
});

test('bandwidth passes what is due in less than 1 ms at once, and keeps its rate over time', (t) => {
  const { chain, clock, seen, add, push } = open();
  add('bandwidth', { rate: 100 });
  for (let nth = 0; nth < 4; nth++) push('x'.repeat(40));
  t.deepEqual(
    seen.map(([at]) => at),
    [0, 0],
    '40 bytes are due at 0.4, 0.8, 1.2 and 1.6 ms',
  );
  t.is(chain.load.octets, 80);
  for (let ms = 0; ms < 10; ms++) {
    clock.advance(1);
    push('x'.repeat(200));
  }
  for (let ms = 0; ms < 20; ms++) clock.advance(1);
  const passed = (until: number) =>
    seen.filter(([at]) => at <= until).reduce((sum, [, what]) => sum + String(what).length, 0);
  t.is(passed(30), 4 * 40 + 10 * 200);
  for (let ms = 1; ms < 20; ms++) t.true(passed(ms) <= (ms + 1) * 100, `after ${ms} ms`);
  t.is(passed(22), 2160, 'all of it is due at 21.6 ms');
});

test('bytes that are due pass without a copy, and others in a copy', (t) => {
  const clock = new ManualClock();
  const seen: Uint8Array[] = [];
  const sink = { octets: (octets: Uint8Array) => seen.push(octets) > 0, end: () => {} };
  const chain = new Chain({ clock, sink, room: () => {} });
  chain.add('bandwidth', link('bandwidth', { rate: 1_000_000 }), random());
  const octets = ascii('abc');
  chain.push(octets);
  t.is(seen[0], octets);
  chain.add('latency', link('latency', { latency: 1 }), random());
  chain.push(octets);
  clock.advance(1);
  t.not(seen[1]?.buffer, octets.buffer);
});

test('a buffer is used again only when the sink no longer uses it', (t) => {
  const size = 20_000;
  const clock = new ManualClock();
  const inUse: { readonly octets: Uint8Array; readonly value: number }[] = [];
  let takes = true;
  const chain = new Chain({
    clock,
    sink: {
      octets: (octets) => {
        if (!takes) inUse.push({ octets, value: octets[0] as number });
        return takes;
      },
      end: () => {},
    },
    room: () => {},
  });
  chain.add('latency', link('latency', { latency: 1 }), random());
  let value = 0;
  const pushSome = (): void => {
    for (let nth = 0; nth < 8; nth++) chain.push(new Uint8Array(size).fill(++value));
    clock.advance(1);
  };
  const changed = () => inUse.filter(({ octets, value: first }) => !octets.every((octet) => octet === first)).length;
  pushSome();
  takes = false;
  pushSome();
  pushSome();
  takes = true;
  pushSome();
  t.is(inUse.length, 16);
  t.is(changed(), 0, 'the sink still uses them');
  chain.sinkLeft();
  pushSome();
  t.is(changed(), 0, 'it is not known when a sink that has left has used them');
  inUse.length = 0;
  takes = false;
  pushSome();
  takes = true;
  chain.drained();
  pushSome();
  t.is(changed(), 8, 'they are used again');
});

test('a buffer whose pieces pass one by one is in use as long as any of them is', (t) => {
  const clock = new ManualClock();
  const seen: { readonly octets: Uint8Array; readonly copy: Buffer }[] = [];
  let takes = false;
  const sink = {
    octets: (octets: Uint8Array) => {
      seen.push({ octets, copy: Buffer.from(octets) });
      return takes;
    },
    end: () => {},
  };
  const chain = new Chain({ clock, sink, room: () => {} });
  chain.add('bandwidth', link('bandwidth', { rate: 100 }), random());
  const pushOne = (value: number): boolean => chain.push(new Uint8Array(20_000).fill(value));
  pushOne(1);
  clock.advance(100);
  takes = true;
  clock.advance(100);
  t.deepEqual(
    seen.map(({ octets }) => octets.length),
    [10_000, 10_000],
  );
  pushOne(2);
  clock.advance(100);
  t.deepEqual(Buffer.from(seen[0]?.octets ?? []), seen[0]?.copy);
});
