import test from 'ava';
import { concat, HEARTBEAT } from '../../support/bytes.js';
import type { Gated } from '../../support/gated.js';
import {
  answer,
  cancel,
  cancelOk,
  channelClose,
  channelCloseOk,
  channelOpen,
  channelOpenOk,
  consume,
  consumeOk,
  declare,
  deliver,
  opened,
  publish,
  told,
} from '../../support/messages.js';

const GOODBYE = channelClose(200, 'Goodbye');
const REFUSED = channelClose(406, 'PRECONDITION_FAILED - closed by rabbit-snare', [50, 10]);

/** What each side has received. */
const taken = (gated: Gated): readonly [client: Uint8Array, upstream: Uint8Array] => [
  gated.take('client'),
  gated.take('upstream'),
];
const bytes = (...parts: readonly Uint8Array[]): Uint8Array => concat(...parts);

test('amqp_channel_close: the method is refused, and the channel is closed on both sides', (t) => {
  const gated = opened([{ type: 'amqp_channel_close', attributes: { count: 1 } }]);
  gated.from('client', declare('a'), publish('lost'), HEARTBEAT, declare('b', 2));
  t.deepEqual(taken(gated), [REFUSED, bytes(GOODBYE, HEARTBEAT, declare('b', 2))]);
  gated.from('upstream', deliver(1, 'lost'), deliver(1, 'd', { channel: 2 }), channelCloseOk());
  t.deepEqual(taken(gated), [deliver(1, 'd', { channel: 2 }), bytes()]);
  gated.from('client', publish('lost'), channelCloseOk(), channelOpen(), declare('a'));
  t.deepEqual(taken(gated), [bytes(), bytes(channelOpen(), declare('a'))]);
});

test('amqp_channel_close: a channel that is opened again waits until the broker has closed it', (t) => {
  const gated = opened([{ type: 'amqp_channel_close', attributes: { count: 1 } }]);
  gated.from('client', declare('a'), channelCloseOk(), channelOpen());
  t.deepEqual(taken(gated)[1], GOODBYE);
  gated.setFaults();
  t.false(gated.gate.isAtRest);
  gated.from('upstream', answer('ack', 1), channelCloseOk());
  t.deepEqual(taken(gated), [bytes(), channelOpen()]);
  t.true(gated.gate.isAtRest);
  gated.from('upstream', channelOpenOk());
  t.deepEqual(taken(gated)[0], channelOpenOk());
});

test('amqp_channel_close: both close at the same time', (t) => {
  const gated = opened([{ type: 'amqp_channel_close' }]).from('client', declare('a'), channelClose(200, 'bye'));
  t.deepEqual(taken(gated), [bytes(REFUSED, channelCloseOk()), GOODBYE]);
  gated.from('upstream', channelClose(404, 'NOT_FOUND'), channelCloseOk());
  t.deepEqual(taken(gated), [bytes(), channelCloseOk()]);
  // Two ways to answer: with Close-Ok, and by opening it again.
  for (const more of [[channelCloseOk(), channelOpen()], [channelOpen()]]) {
    const again = opened([{ type: 'amqp_channel_close' }])
      .from('client', declare('a'))
      .from('upstream', channelCloseOk());
    taken(again);
    again.from('client', channelClose(200, 'bye'), ...more);
    t.deepEqual(taken(again), [channelCloseOk(), channelOpen()]);
  }
});

for (const [when, refused] of [
  [{}, [declare('a'), publish('x')]],
  [{ method: 'basic.publish' }, [publish('x')]],
  [{ queue: 'a' }, [declare('a')]],
  [{ exchange: 'e*', method: 'basic.*' }, [publish('x', { exchange: 'ex' })]],
  [{ routing_key: '?' }, [publish('x'), publish('x', { exchange: 'ex' })]],
  [{ method: 'basic.ack' }, [answer('ack', 1)]],
] as const) {
  test(`amqp_channel_close with the conditions ${JSON.stringify(when)} refuses what they select`, (t) => {
    const all = [
      declare('a'),
      declare('b'),
      publish('x'),
      publish('x', { exchange: 'ex', key: '?' }),
      answer('ack', 1),
    ];
    for (const each of [...all, ...refused]) {
      const gated = opened([{ type: 'amqp_channel_close', attributes: { code: 403, text: 'no' }, when }]).from(
        'client',
        each,
      );
      const isRefused = told(gated.take('client')).length > 0;
      t.is(Buffer.from(gated.take('upstream')).equals(each), !isRefused);
      if (refused.some((one) => Buffer.from(one).equals(each))) t.true(isRefused);
    }
  });
}

/** A consumer of the queue `orders`. */
const consuming = (fault: object): Gated =>
  opened([{ type: 'amqp_cancel', ...fault }]).from('client', consume('orders'));

test('amqp_cancel: the broker is asked to cancel the consumer, and its answer becomes its own cancel', (t) => {
  const gated = consuming({ when: { queue: 'ord*' } }).from('upstream', consumeOk(), deliver(1, 'a'));
  t.deepEqual(taken(gated), [bytes(consumeOk(), deliver(1, 'a')), bytes(consume('orders'), cancel())]);
  gated.from('upstream', deliver(2, 'b'), cancelOk());
  t.deepEqual(taken(gated)[0], bytes(deliver(2, 'b'), cancel('c', 1)));
  gated.from('client', answer('ack', 2, 1));
  t.deepEqual(taken(gated)[1], answer('ack', 2, 1));
});

test('amqp_cancel of another queue, or of more consumers than count, changes nothing', (t) => {
  const gated = consuming({ when: { queue: 'other' } }).from('upstream', consumeOk());
  t.deepEqual(taken(gated), [consumeOk(), consume('orders')]);
  const once = consuming({ attributes: { count: 1 } }).from('upstream', consumeOk(), cancelOk());
  taken(once);
  once.from('client', consume('orders')).from('upstream', consumeOk());
  t.deepEqual(taken(once), [consumeOk(), consume('orders')]);
});

test('amqp_cancel: a client that cancels its consumer itself receives only the answer', (t) => {
  const gated = consuming({}).from('upstream', consumeOk()).from('client', cancel());
  taken(gated);
  gated.from('upstream', cancelOk(), cancelOk());
  t.deepEqual(taken(gated)[0], cancelOk());
});

test('amqp_cancel after a delay, and removed before it', (t) => {
  for (const isRemoved of [false, true]) {
    const gated = consuming({ attributes: { delay: 50 } })
      .from('upstream', consumeOk())
      .advance(49);
    taken(gated);
    if (isRemoved) gated.setFaults();
    gated.advance(1);
    t.deepEqual(taken(gated)[1], isRemoved ? bytes() : cancel());
    t.is(gated.gate.isAtRest, isRemoved);
  }
});

test('amqp_cancel: a consumer of before is canceled after its next message', (t) => {
  const gated = opened([]).from('client', consume('orders')).from('upstream', consumeOk());
  gated.setFaults({ type: 'amqp_cancel' });
  taken(gated);
  gated.from('upstream', deliver(1, 'a'));
  t.deepEqual(taken(gated), [deliver(1, 'a'), cancel()]);
});

test('amqp_cancel does not act on a client that has not announced it', (t) => {
  const gated = opened([{ type: 'amqp_cancel' }], { properties: { product: 'old' } });
  t.deepEqual(gated.acted, []);
});
