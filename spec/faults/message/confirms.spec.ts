import test from 'ava';
import fc from 'fast-check';
import { concat } from '../../support/bytes.js';
import type { Gated } from '../../support/gated.js';
import { answer, confirmSelect, opened, publish, returned, told } from '../../support/messages.js';

/** A channel in confirm mode on which as many messages were published. */
function published(fault: object, count: number, options?: Parameters<typeof opened>[1]): Gated {
  const gated = opened([fault], options).from('client', confirmSelect());
  for (let at = 1; at <= count; at++) gated.from('client', publish(`${at}`, { key: at % 2 === 0 ? 'even' : 'odd' }));
  gated.take('upstream');
  return gated;
}

const heard = (gated: Gated): readonly string[] => told(gated.take('client'));

test('amqp_nack: an ack becomes a nack, with the same messages', (t) => {
  const gated = published({ type: 'amqp_nack' }, 5);
  gated.from('upstream', answer('ack', 1), answer('ack', 4, 1), answer('nack', 5));
  t.deepEqual(heard(gated), ['1 basic.nack 1', '1 basic.nack 4 1', '1 basic.nack 5']);
});

test('amqp_nack: an ack of several messages is divided among those that are chosen and those that are not', (t) => {
  const gated = published({ type: 'amqp_nack', when: { routing_key: 'ev*' } }, 6);
  gated.from('upstream', answer('ack', 3), answer('ack', 6, 1));
  t.deepEqual(heard(gated), ['1 basic.ack 3', '1 basic.ack 1', '1 basic.nack 4 1', '1 basic.ack 5', '1 basic.nack 6']);
});

test('amqp_nack: count is the number of messages, and what is not chosen passes as it is', (t) => {
  const gated = published({ type: 'amqp_nack', attributes: { count: 2 } }, 6);
  gated.from('upstream', answer('ack', 5, 1), answer('ack', 6));
  t.deepEqual(heard(gated), ['1 basic.nack 2 1', '1 basic.ack 5 1', '1 basic.ack 6']);
});

test('amqp_nack on a channel that was in confirm mode before: each confirm counts as one message', (t) => {
  for (const [more, expected] of [
    [{ attributes: { count: 1 } }, ['1 basic.nack 7 1', '1 basic.ack 8']],
    [{ when: { routing_key: '*' } }, ['1 basic.ack 7 1', '1 basic.ack 8']],
  ] as const) {
    const gated = opened([]).from('client', confirmSelect());
    gated.setFaults({ type: 'amqp_nack', ...more });
    gated.from('client', publish('a')).from('upstream', answer('ack', 7, 1), answer('ack', 8));
    t.deepEqual(heard(gated), expected);
  }
});

test('amqp_nack that is removed changes nothing more', (t) => {
  const gated = published({ type: 'amqp_nack' }, 3).from('upstream', answer('ack', 1));
  gated.setFaults();
  gated.from('upstream', answer('ack', 3, 1));
  t.deepEqual(heard(gated), ['1 basic.nack 1', '1 basic.ack 3 1']);
  t.true(gated.gate.isAtRest);
});

test('share: the seed decides which messages are chosen, however their confirms are joined', (t) => {
  const nacked = (...acks: readonly Uint8Array[]) => {
    const gated = published({ type: 'amqp_nack', attributes: { share: 0.5 } }, 40);
    gated.from('upstream', ...acks);
    let before = 0;
    return heard(gated).flatMap((word) => {
      const [, name, tag, multiple] = word.split(' ');
      const first = multiple === '1' ? before + 1 : Number(tag);
      before = Number(tag);
      return name === 'basic.nack' ? Array.from({ length: before - first + 1 }, (_, at) => first + at) : [];
    });
  };
  const singles = nacked(...Array.from({ length: 40 }, (_, at) => answer('ack', at + 1)));
  t.deepEqual(nacked(answer('ack', 40, 1)), singles);
  t.true(singles.length > 5 && singles.length < 35);
});

test('amqp_confirm: reorder holds a batch back and passes it on in reverse order', (t) => {
  const gated = published({ type: 'amqp_confirm', attributes: { batch: 3 } }, 5);
  gated.from('upstream', answer('ack', 1), answer('nack', 2));
  t.deepEqual(heard(gated), []);
  gated.from('upstream', answer('ack', 4, 1));
  t.deepEqual(heard(gated), ['1 basic.ack 3', '1 basic.nack 2', '1 basic.ack 1']);
  gated.from('upstream', answer('ack', 5)).advance(99);
  t.deepEqual(heard(gated), []);
  gated.advance(1);
  t.deepEqual(heard(gated), ['1 basic.ack 5', '1 basic.ack 4']);
});

test('amqp_confirm: collapse makes one ack of a batch, up to the first message that is not confirmed', (t) => {
  const gated = published({ type: 'amqp_confirm', attributes: { how: 'collapse', batch: 4 } }, 7);
  gated.from('upstream', answer('ack', 1), answer('ack', 3), answer('ack', 5), answer('ack', 2));
  t.deepEqual(heard(gated), ['1 basic.ack 3 1', '1 basic.ack 5']);
  gated.from('upstream', answer('ack', 4), answer('nack', 6), answer('ack', 7)).advance(100);
  t.deepEqual(heard(gated), ['1 basic.ack 4 1', '1 basic.nack 6', '1 basic.ack 7 1']);
});

test('amqp_confirm: double', (t) => {
  const gated = published({ type: 'amqp_confirm', attributes: { how: 'double', count: 2 } }, 4);
  gated.from('upstream', answer('ack', 1), answer('ack', 4, 1));
  t.deepEqual(heard(gated), [
    '1 basic.ack 1',
    '1 basic.ack 1',
    '1 basic.ack 2',
    '1 basic.ack 2',
    '1 basic.ack 3',
    '1 basic.ack 4',
  ]);
});

for (const how of ['reorder', 'collapse'] as const) {
  test(`amqp_confirm: ${how} passes on what it holds when it is removed, and when the broker closes`, (t) => {
    for (const end of ['removed', 'closed'] as const) {
      const gated = published({ type: 'amqp_confirm', attributes: { how } }, 2);
      gated.from('upstream', answer('ack', 1), answer('ack', 2));
      t.deepEqual(heard(gated), []);
      if (end === 'removed') gated.setFaults();
      else gated.end('upstream', 'fin');
      t.deepEqual(heard(gated), how === 'reorder' ? ['1 basic.ack 2', '1 basic.ack 1'] : ['1 basic.ack 2 1']);
      t.is(gated.gate.isAtRest, end === 'removed');
    }
  });
}

test('amqp_confirm and amqp_nack settle exactly the messages that the broker has, and each once', (t) => {
  const count = 12;
  const numbers = Array.from({ length: count }, (_, at) => at + 1);
  const ack = fc.tuple(fc.integer({ min: 1, max: count }), fc.constantFrom(0, 1));
  const fault = fc.oneof(
    fc.record({ how: fc.constantFrom('reorder', 'collapse'), batch: fc.integer({ min: 2, max: 5 }) }),
    fc.constant(null),
  );
  const check = (acks: readonly (readonly [number, number])[], attributes: object | null, share: number): boolean => {
    const type = attributes === null ? 'amqp_nack' : 'amqp_confirm';
    const gated = published({ type, attributes: { ...attributes, share } }, count);
    const atBroker = new Set(numbers);
    const settle = (open: Set<number>, tag: number, multiple: number): readonly number[] => {
      const settled = [...open].filter((each) => (multiple === 1 ? each <= tag : each === tag));
      for (const each of settled) open.delete(each);
      return settled;
    };
    for (const [tag, multiple] of acks) {
      if (atBroker.has(tag)) gated.from('upstream', answer('ack', tag, multiple));
      if (atBroker.has(tag)) settle(atBroker, tag, multiple);
    }
    gated.advance(100);
    const atClient = new Set(numbers);
    const singles: number[] = [];
    for (const word of heard(gated)) {
      const [, , tag, multiple = '0'] = word.split(' ');
      settle(atClient, Number(tag), Number(multiple));
      if (multiple === '0') singles.push(Number(tag));
    }
    return [...atClient].join() === [...atBroker].join() && new Set(singles).size === singles.length;
  };
  t.notThrows(() => fc.assert(fc.property(fc.array(ack), fault, fc.constantFrom(1, 0.5), check)));
});

test('amqp_return: a mandatory message comes back, and the broker gets an empty one that it confirms', (t) => {
  const gated = published({ type: 'amqp_return', when: { exchange: 'ex' } }, 0);
  const one = publish('a body of several frames', { exchange: 'ex', key: 'k', mandatory: true });
  const others = [publish('b'), publish('c', { exchange: 'ex' }), publish('d', { exchange: 'ey', mandatory: true })];
  gated.from('client', one, ...others);
  t.deepEqual(gated.take('client'), returned('a body of several frames', { exchange: 'ex', key: 'k' }));
  t.deepEqual(gated.take('upstream'), concat(publish('', { key: 'rabbit-snare.amqp_return.no-route' }), ...others));
  gated.from('upstream', answer('ack', 4, 1));
  t.deepEqual(heard(gated), ['1 basic.ack 4 1']);
  gated.setFaults();
  gated.from('client', one);
  t.deepEqual(gated.take('upstream'), one);
  t.true(gated.gate.isAtRest);
});
