import test from 'ava';
import { Random } from '../conformance/random.js';
import { Ledger } from './ledger.js';
import { MessageMaker } from './message.js';

const ledgerOf = () => new Ledger(new MessageMaker(new Random(1)));

test('a message that is published, confirmed and received counts once in each', (t) => {
  const ledger = ledgerOf();
  const message = ledger.next(0);
  ledger.confirm(message);
  ledger.receive(message.id, message.body);
  t.deepEqual(ledger.counts, { published: 1, confirmed: 1, consumed: 1, duplicates: 0, lost: 0, corrupt: 0 });
});

test('a confirmed message is lost until it is received', (t) => {
  const ledger = ledgerOf();
  const [first, second] = [ledger.next(0), ledger.next(3)];
  ledger.confirm(first);
  ledger.confirm(second);
  t.is(ledger.counts.lost, 2);
  t.deepEqual(ledger.lost(10), ['0.0', '3.0']);
  t.deepEqual(ledger.lost(1), ['0.0']);
  ledger.receive(first.id, first.body);
  ledger.receive(second.id, second.body);
  t.is(ledger.counts.lost, 0);
  t.deepEqual(ledger.lost(10), []);
});

test('a message that is received before it is confirmed is not lost', (t) => {
  const ledger = ledgerOf();
  const message = ledger.next(0);
  ledger.receive(message.id, message.body);
  ledger.confirm(message);
  t.like(ledger.counts, { confirmed: 1, consumed: 1, lost: 0 });
});

test('a message that was never confirmed may be missing', (t) => {
  const ledger = ledgerOf();
  ledger.next(0);
  t.like(ledger.counts, { published: 1, confirmed: 0, lost: 0 });
});

test('a second delivery is a duplicate, and a second confirm changes nothing', (t) => {
  const ledger = ledgerOf();
  const message = ledger.next(0);
  for (let count = 0; count < 3; count++) {
    ledger.confirm(message);
    ledger.receive(message.id, message.body);
  }
  t.like(ledger.counts, { confirmed: 1, consumed: 1, duplicates: 2, lost: 0 });
});

test('a wrong body and an unknown message are corrupt, and do not count as received', (t) => {
  const ledger = ledgerOf();
  const message = ledger.next(0);
  ledger.confirm(message);
  ledger.receive(message.id, Buffer.concat([message.body, Buffer.of(0)]));
  const other = new MessageMaker(new Random(1)).make(0, 5);
  ledger.receive(other.id, other.body);
  t.like(ledger.counts, { consumed: 0, lost: 1, corrupt: 2 });
});
