import test from 'ava';
import { HandshakeFunnel } from '../../lib/report/handshake-funnel.js';
import type { Report } from '../../lib/report/report.js';
import { ManualClock } from '../support/manual-clock.js';
import { reportWith } from '../support/report.js';

const MINUTE = 60_000;
const NEVER = { headerMs: null, upstreamConnectMs: null, startMs: null, tuneMs: null, tuneOkMs: null, openMs: null };
const STEPS = ['accepted', 'header', 'start', 'tune', 'open', 'running'] as const;
const NONE_LEFT_OUT = { healthChecks: 0, amqp10: 0, otherProtocols: 0 };
const [AMQP091, AMQP10, AMQP10_SASL, HTTP] = [
  '414d515000000901',
  '414d515000010000',
  '414d515003010000',
  '474554202f204854',
];

type Ended = { readonly timing?: Partial<Report['timing']>; readonly hex?: string } & Partial<
  Pick<Report, 'healthCheck' | 'upstream'>
>;

function ended({ timing = {}, hex = AMQP091 as string, ...others }: Ended = {}): Report {
  const report = { ...reportWith(), healthCheck: false, upstream: null, ...others };
  return { ...report, header: { hex, text: '' }, timing: { ...NEVER, ...timing } };
}

const HEADER = { headerMs: 1 };
const START = { ...HEADER, startMs: 3 };
const TUNE = { ...START, tuneMs: 5 };
const OPEN = { ...TUNE, tuneOkMs: 6 };
const RUNNING = { ...OPEN, openMs: 10 };

function start() {
  const clock = new ManualClock();
  const funnel = new HandshakeFunnel(clock);
  const counts = () => funnel.steps.map(({ count }) => count);
  return { clock, funnel, counts };
}

test('without connections, every step has the count 0 and no median', (t) => {
  const { funnel } = start();
  t.deepEqual(
    funnel.steps,
    STEPS.map((step) => ({ step, count: 0, medianMs: null })),
  );
});

test('a connection counts for the step that it reached and for all before it', (t) => {
  const { funnel, counts } = start();
  for (const timing of [{}, HEADER, START, TUNE, OPEN, RUNNING]) funnel.add(ended({ timing }));
  t.deepEqual(counts(), [6, 5, 4, 3, 2, 1]);
});

test('the median of a step is that of the connections that reached it', (t) => {
  const { funnel } = start();
  for (const openMs of [10, 20, 4_000]) funnel.add(ended({ timing: { ...OPEN, openMs } }));
  for (const headerMs of [90, 90, 90, 90]) funnel.add(ended({ timing: { headerMs } }));
  const [accepted, header, , , open, running] = funnel.steps.map(({ medianMs }) => medianMs);
  t.is(accepted, null);
  for (const [found, exact] of [
    [header, 90],
    [open, 6],
    [running, 20],
  ] as const) {
    t.true(Math.abs((found ?? 0) - exact) <= exact * 0.05, `${found} for ${exact}`);
  }
});

test('a Tune-Ok that was sent blindly counts only once Tune has arrived, and not earlier than Tune', (t) => {
  const { funnel, counts } = start();
  funnel.add(ended({ timing: { ...START, tuneOkMs: 1 } }));
  t.deepEqual(counts(), [1, 1, 1, 0, 0, 0]);
  funnel.add(ended({ timing: { ...START, tuneMs: 80, tuneOkMs: 1 } }));
  t.deepEqual(counts(), [2, 2, 2, 1, 1, 0]);
  t.true((funnel.steps[4]?.medianMs ?? 0) > 75);
});

test('what the broker sends proves the steps before it', (t) => {
  const { funnel, counts } = start();
  funnel.add(ended({ timing: { headerMs: 1, openMs: 9 } }));
  t.deepEqual(counts(), [1, 1, 1, 1, 1, 1]);
});

test('connections of AMQP 1.0 are left out, however far they got', (t) => {
  const { funnel, counts } = start();
  funnel.add(ended({ hex: AMQP10 as string, timing: HEADER }));
  funnel.add(ended({ hex: AMQP10_SASL as string, timing: RUNNING, upstream: '127.0.0.1:5672' }));
  t.deepEqual(counts(), [0, 0, 0, 0, 0, 0]);
  t.deepEqual(funnel.leftOut, { ...NONE_LEFT_OUT, amqp10: 2 });
});

test('health checks that did not open a connection are left out, and those that did are not', (t) => {
  const { funnel, counts } = start();
  funnel.add(ended({ healthCheck: true, hex: '' }));
  funnel.add(ended({ healthCheck: true, timing: START, upstream: '127.0.0.1:5672' }));
  funnel.add(ended({ healthCheck: true, timing: RUNNING, upstream: '127.0.0.1:5672' }));
  t.deepEqual(counts(), [1, 1, 1, 1, 1, 1]);
  t.deepEqual(funnel.leftOut, { ...NONE_LEFT_OUT, healthChecks: 2 });
});

test('another protocol counts if it was refused, and is left out if it was forwarded', (t) => {
  const { funnel, counts } = start();
  funnel.add(ended({ hex: HTTP as string, timing: HEADER }));
  funnel.add(ended({ hex: HTTP as string, timing: HEADER, upstream: '127.0.0.1:80' }));
  funnel.add(ended({ hex: '', upstream: '127.0.0.1:3306' }));
  t.deepEqual(counts(), [1, 1, 0, 0, 0, 0]);
  t.deepEqual(funnel.leftOut, { ...NONE_LEFT_OUT, otherProtocols: 2 });
});

test('connections that a limit refused, or whose header is not complete, count as accepted', (t) => {
  const { funnel, counts } = start();
  funnel.add(ended({ hex: '' }));
  funnel.add(ended({ hex: '414d5150' }));
  t.deepEqual(counts(), [2, 0, 0, 0, 0, 0]);
});

test('the current minute and the 14 before it count', (t) => {
  const { clock, funnel, counts } = start();
  funnel.add(ended({ timing: RUNNING }));
  funnel.add(ended({ healthCheck: true }));
  clock.advance(14 * MINUTE);
  funnel.add(ended({ timing: HEADER }));
  t.deepEqual(counts(), [2, 2, 1, 1, 1, 1]);
  clock.advance(MINUTE);
  t.deepEqual(counts(), [1, 1, 0, 0, 0, 0]);
  t.is(funnel.steps[5]?.medianMs, null);
  t.deepEqual(funnel.leftOut, NONE_LEFT_OUT);
});

test('a suspended machine has forgotten what ended before, and a clock that is set back forgets nothing', (t) => {
  const { clock, funnel, counts } = start();
  funnel.add(ended());
  clock.setWall(-60 * MINUTE);
  clock.advance(MINUTE);
  t.is(counts()[0], 1);
  clock.setWall(15 * MINUTE);
  t.is(counts()[0], 0);
});
