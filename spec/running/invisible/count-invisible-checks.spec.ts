import test from 'ava';
import { EXACT, SHARED } from '../../../lib/health-check/invisible-checks.js';
import { CountInvisibleChecks, type Kernel } from '../../../lib/running/invisible/count-invisible-checks.js';
import { ManualClock } from '../../support/manual-clock.js';

function counting(mode: 'auto' | 'on' | 'off', { resets = 1000 as number | null, other = null as string | null } = {}) {
  const clock = new ManualClock();
  const seen = { resets, other };
  const kernel: Kernel = { resets: () => seen.resets, otherListener: () => seen.other };
  const logged: string[] = [];
  const checks = new CountInvisibleChecks(mode, {
    clock,
    kernel,
    log: { say: (severity, message) => void logged.push(`${severity} ${message}`) },
  });
  checks.start();
  /** One check each `period` ms, for `ms`. */
  const check = (period: number, ms: number) => {
    for (let passed = period; passed <= ms; passed += period) {
      if (seen.resets !== null) seen.resets += 1;
      clock.advance(period);
    }
  };
  return { checks, clock, seen, logged, check };
}

test('only resets after the start are counted', (t) => {
  const { checks, check } = counting('auto');
  t.like(checks.state, { available: true, why: null, count: 0, periodMs: null, firstSeen: null, note: EXACT });
  check(2_500, 60_000);
  t.deepEqual(checks.state, {
    available: true,
    why: null,
    count: 24,
    periodMs: 2_500,
    since: '2026-11-23T00:00:00.000Z',
    firstSeen: '2026-11-23T00:00:05.000Z',
    lastSeen: '2026-11-23T00:01:00.000Z',
    note: EXACT,
  });
});

test('the state is as of now, without waiting for the next interval', (t) => {
  const { checks, seen } = counting('auto');
  seen.resets = 1007;
  t.is(checks.state.count, 7);
  t.is(checks.state.count, 7);
});

test('the period is right with several checks in each interval and with intervals between the checks', (t) => {
  for (const [period, ms] of [
    [50, 60_000],
    [250, 60_000],
    [2_000, 300_000],
    [30_000, 900_000],
  ] as const) {
    const { checks, check } = counting('auto');
    check(period, ms);
    const { periodMs } = checks.state;
    t.true(Math.abs((periodMs ?? 0) - period) <= period * 0.05, `${periodMs} instead of ${period}`);
  }
});

test('the first checks are logged once, with their period', (t) => {
  const { logged, check } = counting('auto');
  check(2_000, 600_000);
  t.is(logged.length, 1);
  t.regex(
    logged[0] ?? '',
    /^info 9 connections were reset before the TCP handshake was complete, about one every 2\.0 s: /,
  );
});

test('a single check is logged after a minute', (t) => {
  const { logged, check, clock } = counting('auto');
  check(5_000, 5_000);
  for (let count = 0; count < 11; count++) clock.advance(5_000);
  t.deepEqual(logged, []);
  clock.advance(5_000);
  t.regex(logged.join(), /^info 1 connection was reset before the TCP handshake was complete: /);
});

test('checks that come back after ten quiet minutes are logged again', (t) => {
  const { checks, logged, check, clock } = counting('auto');
  check(2_000, 60_000);
  clock.advance(599_000);
  check(2_000, 60_000);
  t.is(logged.length, 2);
  t.is(checks.state.periodMs, 2_000);
});

test('while another process listens, nothing is counted, and what it added is never counted', (t) => {
  const { checks, seen, check, clock, logged } = counting('auto', { other: '0.0.0.0:22' });
  t.like(checks.state, {
    available: false,
    why: 'another process listens on 0.0.0.0:22 in this network namespace, and the kernel counts for the whole namespace. Set invisibleChecks to on to count all the same',
    count: 0,
    since: null,
  });
  check(1_000, 10_000);
  seen.other = null;
  t.like(checks.state, { available: true, why: null, count: 0 });
  check(1_000, 10_000);
  t.is(checks.state.count, 10);
  seen.other = '0.0.0.0:22';
  seen.resets = 5_000;
  clock.advance(1_000);
  t.like(checks.state, { available: false, count: 10 });
  seen.other = null;
  clock.advance(1_000);
  t.like(checks.state, { available: true, count: 10 });
  t.regex(logged[0] ?? '', /^debug invisible health checks are not counted: another process listens/);
});

test('with the setting on they are counted all the same, and the note says what that means', (t) => {
  const { checks, check } = counting('on', { other: '0.0.0.0:22' });
  check(1_000, 10_000);
  t.like(checks.state, { available: true, why: null, count: 10, note: SHARED });
});

test('with the setting off the kernel is never asked', (t) => {
  const { checks, check, clock, logged } = counting('off');
  check(1_000, 10_000);
  t.like(checks.state, { available: false, why: 'the setting invisibleChecks is off', count: 0 });
  t.is(clock.started, 0);
  t.deepEqual(logged, []);
});

test('a kernel that does not count them is named as the reason', (t) => {
  const { checks, check } = counting('auto', { resets: null });
  check(1_000, 10_000);
  t.like(checks.state, { available: false, count: 0 });
  t.regex(checks.state.why ?? '', /^the operating system does not count/);
});

test('stop ends the readings', (t) => {
  const { checks, clock, seen } = counting('auto');
  checks.stop();
  seen.resets = 2_000;
  clock.advance(10_000);
  t.is(clock.timers, 0);
  t.is(checks.state.count, 0);
});
