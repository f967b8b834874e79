import test from 'ava';
import fc from 'fast-check';
import type { Gated } from '../../support/gated.js';
import { answer, cancelOk, channelCloseOk, consume, consumeOk, deliver, opened, told } from '../../support/messages.js';

const heard = (gated: Gated): readonly string[] =>
  told(gated.take('client')).filter((word) => !word.endsWith('header'));
const answered = (gated: Gated): readonly string[] => told(gated.take('upstream'));
/** Deliveries of 1 to `count`, each with its number as its body. */
const deliveries = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => deliver(from + at, `${from + at}`));

/** A consumer on which the fault acts. */
function consuming(fault: object, { noAck = false } = {}): Gated {
  const gated = opened([{ type: 'amqp_deliver', ...fault }]);
  gated.from('client', consume('orders', { noAck })).from('upstream', consumeOk());
  gated.take('client');
  gated.take('upstream');
  return gated;
}

test('double: the second copy is redelivered and has its own tag, and only the answer to the first reaches the broker', (t) => {
  const gated = consuming({}).from('upstream', ...deliveries(1, 2));
  t.deepEqual(heard(gated), [
    ...['1 basic.deliver c 1', '1 body 1', '1 basic.deliver c 2 1', '1 body 1'],
    ...['1 basic.deliver c 3', '1 body 2', '1 basic.deliver c 4 1', '1 body 2'],
  ]);
  gated.from('client', answer('ack', 3), answer('ack', 4), answer('nack', 2, 2), answer('reject', 1, 1));
  t.deepEqual(answered(gated), ['1 basic.ack 2', '1 basic.reject 1 1']);
});

test('double: an answer to several messages names the last of them that the broker knows', (t) => {
  const gated = consuming({}).from('upstream', ...deliveries(1, 3));
  gated.from('client', answer('ack', 4, 1), answer('nack', 0, 3));
  t.deepEqual(answered(gated), ['1 basic.ack 2 1', '1 basic.nack 3 3']);
});

test('double: an answer that is given twice reaches the broker as one to an unknown message', (t) => {
  const gated = consuming({}).from('upstream', ...deliveries(1, 1));
  gated.from('client', answer('ack', 1), answer('ack', 1));
  t.deepEqual(answered(gated), ['1 basic.ack 1', `1 basic.ack ${2n ** 63n - 1n}`]);
});

test('conditions: the queue is that of the consumer', (t) => {
  for (const [when, count] of [
    [{ queue: 'ord*' }, 2],
    [{ queue: 'other' }, 1],
    [{ routing_key: 'q' }, 2],
    [{ exchange: 'x' }, 1],
  ] as const) {
    const gated = consuming({ when }).from('upstream', deliver(1, 'a'));
    t.is(heard(gated).length, 2 * count);
  }
});

test('double that is removed: later messages come once, and answers are translated until the channel is closed', (t) => {
  const gated = consuming({ attributes: { count: 1 } }).from('upstream', ...deliveries(1, 2));
  gated.setFaults();
  gated.from('upstream', ...deliveries(3, 3));
  t.deepEqual(
    heard(gated).filter((word) => word.includes('deliver')),
    ['1 basic.deliver c 1', '1 basic.deliver c 2 1', '1 basic.deliver c 3', '1 basic.deliver c 4'],
  );
  gated.from('client', answer('ack', 4), answer('ack', 3, 1));
  t.deepEqual(answered(gated), ['1 basic.ack 3', '1 basic.ack 2 1']);
  t.false(gated.gate.isAtRest);
  gated.from('client', channelCloseOk());
  t.true(gated.gate.isAtRest);
});

test('reorder: tags ascend, and a multiple answer stands for what the client has received', (t) => {
  const gated = consuming({ attributes: { how: 'reorder', batch: 3 } }).from('upstream', ...deliveries(1, 4));
  t.deepEqual(heard(gated), [
    '1 basic.deliver c 1',
    '1 body 3',
    '1 basic.deliver c 2',
    '1 body 2',
    '1 basic.deliver c 3',
    '1 body 1',
  ]);
  gated.from('client', answer('ack', 2, 1));
  t.deepEqual(answered(gated), ['1 basic.ack 2', '1 basic.ack 3']);
  gated.advance(100);
  t.deepEqual(heard(gated), ['1 basic.deliver c 4', '1 body 4']);
  gated.from('client', answer('ack', 4, 1));
  t.deepEqual(answered(gated), ['1 basic.ack 4 1']);
});

test('hold: messages wait for the removal, and others overtake them', (t) => {
  const gated = consuming({ attributes: { how: 'hold', count: 2 } }).from('upstream', ...deliveries(1, 4));
  t.deepEqual(heard(gated), ['1 basic.deliver c 1', '1 body 3', '1 basic.deliver c 2', '1 body 4']);
  gated.from('client', answer('ack', 2, 1));
  t.deepEqual(answered(gated), ['1 basic.ack 3', '1 basic.ack 4']);
  gated.setFaults();
  t.deepEqual(heard(gated), ['1 basic.deliver c 3', '1 body 1', '1 basic.deliver c 4', '1 body 2']);
  gated.from('client', answer('ack', 4), answer('ack', 3));
  t.deepEqual(answered(gated), ['1 basic.ack 2', '1 basic.ack 1']);
  t.true(gated.gate.isAtRest);
});

test('hold: what is held is passed on before the end of its consumer, and when it is too much', (t) => {
  const gated = consuming({ attributes: { how: 'hold' } }).from('upstream', deliver(1, 'a'));
  t.deepEqual(heard(gated), []);
  gated.from('upstream', cancelOk());
  t.deepEqual(heard(gated), ['1 basic.deliver c 1', '1 body a', '1 basic.cancel-ok c']);
  const large = deliver(2, 'x'.repeat(500_000));
  gated.from('upstream', large);
  t.is(gated.take('client').length, 0);
  gated.from('upstream', deliver(3, 'y'.repeat(1_000_000)));
  t.deepEqual(
    heard(gated).filter((word) => word.includes('deliver')),
    ['1 basic.deliver c 2', '1 basic.deliver c 3'],
  );
});

test('messages that nobody answers are not remembered', (t) => {
  const gated = consuming({ attributes: { how: 'hold', count: 1 } }, { noAck: true }).from(
    'upstream',
    ...deliveries(1, 3),
  );
  gated.setFaults();
  t.deepEqual(
    heard(gated).filter((word) => word.includes('body')),
    ['1 body 2', '1 body 3', '1 body 1'],
  );
  t.true(gated.gate.isAtRest);
});

test('a fault that is added later: answers to messages of before pass unchanged', (t) => {
  const gated = opened([]).from('upstream', ...deliveries(1, 3));
  gated.setFaults({ type: 'amqp_deliver' });
  gated.from('upstream', ...deliveries(4, 4));
  gated.take('client');
  gated.from('client', answer('ack', 2), answer('ack', 1, 1), answer('ack', 5, 1));
  t.deepEqual(answered(gated), ['1 basic.ack 2', '1 basic.ack 1 1', '1 basic.ack 4 1']);
});

/** A broker that refuses answers to unknown deliveries, as RabbitMQ does. */
class Unacked {
  readonly open = new Set<number>();
  readonly done: number[] = [];
  hear(word: string): void {
    const [, , tag, bits] = word.split(' ');
    const all = [...this.open].filter((each) => (bits === '1' ? each <= Number(tag) : each === Number(tag)));
    if (all.length === 0) throw new Error(`unknown delivery tag: ${word}`);
    for (const each of all) this.open.delete(each);
    this.done.push(...all);
  }
}

test('whatever is doubled, held or reordered, the broker learns of exactly what the client has answered', (t) => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.constant({ type: 'deliver' } as const) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('ack' as const), nth: fc.nat(9), multiple: fc.boolean() }) },
    { weight: 1, arbitrary: fc.constant({ type: 'advance' } as const) },
    { weight: 1, arbitrary: fc.constant({ type: 'remove' } as const) },
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(
        fc.constantFrom('double', 'hold', 'reorder'),
        fc.constantFrom(1, 0.5),
        fc.array(step, { maxLength: 40 }),
        (how, share, steps) => {
          const gated = consuming({ attributes: { how, share, batch: 3 } });
          const brokerSide = new Unacked();
          let sent = 0;
          let last = 0;
          /** The bodies of the client's unanswered messages by tag, and those it has answered. */
          const open = new Map<number, number>();
          const answers = new Set<number>();
          const listen = (): void => {
            const words = heard(gated);
            for (const [at, word] of words.entries()) {
              const tag = Number(/basic\.deliver c (\d+)/.exec(word)?.[1] ?? 0);
              if (tag === 0) continue;
              if (tag !== last + 1) throw new Error(`tag ${tag} after ${last}`);
              last = tag;
              open.set(
                tag,
                Number(words[at + 1]?.split(' ')[2]) *
                  (word.endsWith(' 1') && words[at]?.split(' ').length === 5 ? -1 : 1),
              );
            }
          };
          for (const each of steps) {
            if (each.type === 'deliver') {
              sent += 1;
              brokerSide.open.add(sent);
              gated.from('upstream', deliver(sent, `${sent}`));
            } else if (each.type === 'advance') gated.advance(100);
            else if (each.type === 'remove') gated.setFaults();
            else if (open.size > 0) {
              const tag = [...open.keys()][each.nth % open.size] as number;
              gated.from('client', answer('ack', tag, each.multiple ? 1 : 0));
              for (const [of, body] of [...open]) {
                if (each.multiple ? of > tag : of !== tag) continue;
                open.delete(of);
                if (body > 0) answers.add(body);
              }
              for (const word of answered(gated)) brokerSide.hear(word);
            }
            listen();
          }
          return brokerSide.done.toSorted((a, b) => a - b).join() === [...answers].toSorted((a, b) => a - b).join();
        },
      ),
    ),
  );
});
