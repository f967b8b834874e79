import test from 'ava';
import { parseTime } from '../../lib/broker-log/log-time.js';

const NOW = Date.UTC(2026, 10, 28, 12);

test('times are read as RabbitMQ, syslog, Docker and Kubernetes write them', (t) => {
  for (const [text, iso] of [
    ['2026-06-03 08:00:05.123456+00:00', '2026-06-03T08:00:05.123Z'],
    ['2026-06-03T08:00:05.1Z', '2026-06-03T08:00:05.100Z'],
    ['2026-06-03 10:00:05.123456+02:00', '2026-06-03T08:00:05.123Z'],
    ['2026-06-02 22:30:05.123-0930', '2026-06-03T08:00:05.123Z'],
    ['2026-06-03 08:00:05.123', '2026-06-03T08:00:05.123Z'],
    ['1780473605123456', '2026-06-03T08:00:05.123Z'],
    ['1780473605.123456', '2026-06-03T08:00:05.123Z'],
    ['1780473605', '2026-06-03T08:00:05.000Z'],
    ['3-Jun-2026::08:00:05', '2026-06-03T08:00:05.000Z'],
    ['Jun  3 08:00:05', '2026-06-03T08:00:05.000Z'],
    ['Nov 29 11:00:00', '2026-11-29T11:00:00.000Z'],
  ] as const)
    t.is(new Date(parseTime(text, NOW) ?? 0).toISOString(), iso, text);
});

test('a time without a year is in the last one before now', (t) => {
  t.is(parseTime('Dec  1 08:00:05', NOW), Date.UTC(2025, 11, 1, 8, 0, 5));
});

test('anything else is not a time', (t) => {
  for (const text of ['', 'yesterday', '99', 'Foo  3 08:00:05', '3-Foo-2026::08:00:05', '2026-06-03'])
    t.is(parseTime(text, NOW), null, text);
});
