import test from 'ava';
import type { Guess } from '../../lib/health-check/guess.js';
import { type Cadence, refine } from '../../lib/health-check/refine.js';

const of = (what: string): Guess => ({ what, detail: what, confidence: 'possible', advice: 'change `this`' });
const every = (periodMs: number, jitterMs = 0): Cadence => ({ periodMs, jitterMs, gaps: [periodMs, periodMs] });
const gaps = (...list: readonly number[]): Cadence => ({ periodMs: 1, jitterMs: 1, gaps: list });

for (const [seconds, what, confidence] of [
  [2, 'haproxy_tcp_check', 'likely'],
  [5, 'cloud_tcp_check', 'possible'],
  [10, 'kubernetes_tcp_socket', 'likely'],
  [15, 'cloud_tcp_check', 'possible'],
  [30, 'cloud_tcp_check', 'possible'],
  [60, 'keepalived_tcp_check', 'possible'],
  [300, 'check_tcp', 'likely'],
] as const) {
  test(`a check that only connects, every ${seconds} s, is ${what}`, (t) => {
    for (const factor of [0.96, 1, 1.04]) {
      t.like(refine(of('tcp_check'), 'no_data', every(factor * seconds * 1000)), { what, confidence });
    }
    t.is(refine(of('local_tcp_check'), 'no_data', every(seconds * 1000))?.what, what);
    t.is(refine(of('tcp_check'), 'no_data', every(seconds * 1000))?.advice, 'change `this`');
  });
}

test('a period that is no default, or varies, does not change a guess', (t) => {
  const guess = of('tcp_check');
  t.is(refine(guess, 'no_data', every(7_000)), guess);
  t.is(refine(guess, 'no_data', every(10_000, 600)), guess);
  t.is(refine(guess, 'no_data', { periodMs: null, jitterMs: null, gaps: [] }), guess);
});

test('a check that sends the header and closes with a FIN every 2 s is HAProxy', (t) => {
  t.like(refine(of('amqp_header_check'), 'header_only', every(2_000)), {
    what: 'haproxy_amqp_check',
    confidence: 'likely',
  });
  t.is(refine(of('amqp_header_check'), 'header_only', every(10_000))?.what, 'amqp_header_check');
});

test('a guess that names one program is not changed by its period', (t) => {
  for (const what of ['haproxy_httpchk', 'aws_nlb', 'curl']) {
    const guess = of(what);
    t.is(refine(guess, 'http', every(10_000)), guess);
  }
  t.is(refine(null, 'other', every(10_000)), null);
});

test('an agent that comes back after 1, 2, 4, 8 … s is recognized, however long it holds each connection', (t) => {
  const waits = [1, 2, 4, 8, 16, 32, 64].map((seconds) => seconds * 1000);
  for (const held of [0, 1_000, 10_000]) {
    const list = waits.map((wait) => wait + held);
    for (let count = 4; count <= list.length; count++) {
      t.is(refine(of('idle_connection'), 'hold', gaps(...list.slice(0, count)))?.what, 'retrying_agent', `${held}`);
    }
    t.is(
      refine(of('idle_connection'), 'hold', gaps(...list.map((gap, at) => gap + (at % 2) * 60)))?.what,
      'retrying_agent',
    );
    t.is(refine(of('idle_connection'), 'hold', gaps(...list.slice(0, 3)))?.what, 'idle_connection', 'too few');
  }
});

test('gaps that are equal, random or slightly longer each time are no backoff', (t) => {
  for (const list of [
    [10_000, 10_000, 10_000, 10_000, 10_000],
    [10_000, 10_100, 10_300, 10_700, 11_500],
    [12_000, 3_000, 9_000, 1_000, 30_000],
    [1_000, 2_000, 3_000, 4_000, 5_000],
  ]) {
    t.is(refine(of('idle_connection'), 'hold', gaps(...list))?.what, 'idle_connection', `${list}`);
  }
});

test('no cadence makes a guess certain', (t) => {
  for (let seconds = 1; seconds <= 400; seconds++) {
    t.not(refine(of('tcp_check'), 'no_data', every(seconds * 1000))?.confidence, 'certain');
  }
});
