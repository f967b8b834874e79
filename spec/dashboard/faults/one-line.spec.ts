import test from 'ava';
import { shortDuration, wordsOf } from '../../../lib/dashboard/faults/one-line.js';
import { parseFault } from '../../../lib/faults/parse-fault.js';
import { modelOf } from './model.js';

const words = (input: { readonly type: string }) => wordsOf(parseFault(input, { proxy: 'amqp' }), modelOf(input.type));

test('a fault is described by its choices and by what is not the default', (t) => {
  t.deepEqual(words({ type: 'amqp_close', attributes: { code: 530, text: 'go away' } } as never), {
    attributes: ['at=open', 'code=530', 'text="go away"'],
    limits: [],
  });
  t.deepEqual(
    words({ type: 'latency', attributes: { latency: '2s' }, when: { user: 'app', after: 90000 }, times: 2 } as never),
    {
      attributes: ['latency=2s'],
      limits: ['downstream', 'user=app', 'after=90s', 'times=2'],
    },
  );
});

test('a fault with only defaults shows them', (t) => {
  t.deepEqual(words({ type: 'bandwidth' }).attributes, ['rate=0']);
  t.deepEqual(words({ type: 'noop' }).attributes, []);
});

test('a fault of an unknown type shows everything', (t) => {
  const fault = { attributes: { a: 1, b: null, c: {} }, when: {}, stream: 'upstream', times: null };
  t.deepEqual(wordsOf(fault, undefined), { attributes: ['a=1', 'c={}'], limits: ['upstream'] });
});

test('a duration is written in the largest unit that leaves a whole number', (t) => {
  t.deepEqual([0, 250, 5000, 120_000, 90_000].map(shortDuration), ['0ms', '250ms', '5s', '2m', '90s']);
});
