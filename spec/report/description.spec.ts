import test from 'ava';
import { describe } from '../../lib/report/description.js';
import { ascii } from '../support/bytes.js';
import { REASONS } from '../support/reasons.js';
import { ended, factsOf } from '../support/report.js';

const refused = (text: string) =>
  factsOf({ reason: { name: 'bad_header', detail: 'other', octets: ascii(text) }, header: ascii(text) });

test('equal ends of two connections share one description', (t) => {
  t.is(describe(refused('amqp0091')), describe({ ...refused('amqp0091'), id: 'a-8', client: '11.11.11.2:1' }));
});

test('a dropped description is created again and is equal', (t) => {
  const before = describe(refused('amqp0091'));
  for (let at = 0; at < 2000; at++) describe(refused(`x${String(at).padStart(7, '0')}`));
  t.deepEqual(describe(refused('amqp0091')), before);
});

test('ends that are described differently do not share a description', (t) => {
  const facts = factsOf({ reason: REASONS.connection_closed_abruptly, header: ascii('AMQP') });
  const words = [
    facts,
    { ...facts, ended: ended('client', 'rst', null) },
    { ...facts, upstream: '127.0.0.1:5672' },
    { ...facts, header: ascii('AMQ') },
  ].map((each) => describe(each).reason.sentence);
  t.is(new Set(words).size, words.length);
});
