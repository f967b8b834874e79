import test from 'ava';
import { type Choice, choose, explain, type Known } from '../../lib/faults/choice.js';
import { parseFault } from '../../lib/faults/parse-fault.js';

const ADDED = { addedAt: 1000, connectionsBefore: 10, hits: 0 };
const KNOWN: Known = {
  moment: 'running',
  connection: 11,
  source: '10.0.0.1',
  header: [0, 0, 9, 1],
  product: 'app',
  user: 'guest',
  vhost: '/',
};

const decide = (input: object, known: Partial<Known> = {}, now = 1000, hits = 0): Choice =>
  choose(parseFault({ type: 'noop', proxy: 'amqp', ...input }), { ...ADDED, hits }, { ...KNOWN, ...known }, now, 42);
const sentence = (input: object, known: Partial<Known> = {}, now = 1000, hits = 0): string =>
  explain(parseFault({ type: 'noop', proxy: 'amqp', ...input }), decide(input, known, now, hits));

test('a fault without conditions acts on every connection, including those that were already open', (t) => {
  t.deepEqual(decide({}), { acts: true, hit: 1, values: {} });
  t.deepEqual(decide({}, { connection: 3 }), { acts: true, hit: 1, values: {} });
});

for (const [when, known, word] of [
  [{ source: '10.0.0.0/8' }, { source: '11.0.0.1' }, 'the source is "11.0.0.1", not "10.0.0.0/8"'],
  [{ source: '10.0.0.0/8' }, { source: null }, 'the source is unknown, not "10.0.0.0/8"'],
  [{ header: '0-9-1' }, { header: [3, 1, 0, 0] }, 'the header is "3 1 0 0", not "0-9-1"'],
  [{ product: 'a*' }, { product: 'b' }, 'the product is "b", not "a*"'],
  [{ user: 'g?est' }, { user: null }, 'the user is unknown, not "g?est"'],
  [{ vhost: '/' }, { vhost: 'v' }, 'the vhost is "v", not "/"'],
  [{ connection: '1-2' }, { connection: 13 }, 'the connection is 3, not "1-2"'],
  [{ connection: '1' }, { connection: 10 }, 'the connection is 0, not "1"'],
] as const) {
  test(`${JSON.stringify(when)} does not match ${JSON.stringify(known)}, and matches its own value`, (t) => {
    t.is(sentence({ when }, known as Partial<Known>), `fault "noop_downstream" (noop) does not act: ${word}`);
    t.is(sentence({ when }), 'fault "noop_downstream" (noop) acts');
  });
}

test('0-8 and 1.0 each match both of their headers', (t) => {
  for (const [header, quads] of [
    [
      '0-8',
      [
        [1, 1, 8, 0],
        [1, 1, 9, 1],
      ],
    ],
    [
      '1.0',
      [
        [0, 1, 0, 0],
        [3, 1, 0, 0],
      ],
    ],
  ] as const) {
    for (const quad of quads) t.true(decide({ when: { header } }, { header: quad }).acts);
  }
});

test('a fault waits until its conditions are known', (t) => {
  t.deepEqual(decide({ when: { user: 'a', source: '10.0.0.0/8' } }, { moment: 'tune' }).acts, false);
  t.is(
    sentence({ when: { vhost: 'v' } }, { moment: 'tune', vhost: null }),
    'fault "noop_downstream" (noop) waits: the vhost is not known until open',
  );
});

test('after and until count from when the fault was added', (t) => {
  const input = { when: { after: 100, until: 200 } };
  t.deepEqual(
    [1099, 1100, 1199, 1200].map((now) => decide(input, {}, now).acts),
    [false, true, true, false],
  );
  t.is(sentence(input, {}, 1040), 'fault "noop_downstream" (noop) does not act: its time starts in 60ms');
  t.is(sentence(input, {}, 1200), 'fault "noop_downstream" (noop) does not act: its time has ended');
});

test('between two windows, a fault says when it acts again', (t) => {
  const input = { when: { every: 100, for: 30 } };
  t.deepEqual(
    [1000, 1029, 1030, 1099, 1100].map((now) => decide(input, {}, now).acts),
    [true, true, false, false, true],
  );
  t.is(sentence(input, {}, 1040), 'fault "noop_downstream" (noop) does not act: it pauses, and acts again in 60ms');
});

test('a fault that acts says which values its ramps have', (t) => {
  const input = { type: 'latency', attributes: { latency: '0..2s/60s', jitter: '100..0/1s' } };
  t.is(sentence(input, {}, 1000 + 21_000), 'fault "latency_downstream" (latency) acts, with latency=700ms jitter=0s');
});

test('times limits the number of connections on which the fault acts', (t) => {
  t.is(sentence({ times: 2 }, {}, 1000, 1), 'fault "noop_downstream" (noop) acts, hit 2 of 2');
  t.is(sentence({ times: 2 }, {}, 1000, 2), 'fault "noop_downstream" (noop) does not act: it is spent after 2 hits');
});

test('toxicity depends only on the seed, the proxy, the name and the number of the connection', (t) => {
  const hits = (input: object): readonly number[] =>
    Array.from({ length: 1000 }, (_, nth) => nth + 1).filter(
      (connection) => decide({ toxicity: 0.3, ...input }, { connection }).acts,
    );
  t.deepEqual(hits({}), hits({}));
  t.true(hits({}).length > 250 && hits({}).length < 350, String(hits({}).length));
  t.notDeepEqual(hits({}), hits({ name: 'other' }));
  t.notDeepEqual(hits({}), hits({ proxy: 'other' }));
  t.is(hits({ toxicity: 0 }).length, 0);
  t.is(hits({ toxicity: 1 }).length, 1000);
});

test('the explanation of a fault that does not act because of its toxicity includes the number drawn', (t) => {
  t.regex(
    sentence({ toxicity: 0 }),
    /^fault "noop_downstream" \(noop\) does not act: 0\.\d{3} was drawn, which is not below its toxicity of 0$/,
  );
});
