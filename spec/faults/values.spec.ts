import test from 'ava';
import { parseCompact } from '../../lib/faults/compact.js';
import { formatCompact } from '../../lib/faults/format-compact.js';
import { changeFault, parseFault } from '../../lib/faults/parse-fault.js';
import { currentValues, rampValuesAt, valuesAt } from '../../lib/faults/values.js';

const latency = (value: unknown, when: object = {}) =>
  parseFault({ type: 'latency', proxy: 'amqp', attributes: { latency: value }, when });

test('a ramp grows evenly from when the fault was added, and then stays', (t) => {
  const fault = latency({ from: 0, to: '2s', over: '60s' });
  t.deepEqual(
    [-5, 0, 15, 21_000, 59_999, 60_000, 600_000].map((elapsed) => valuesAt(fault, elapsed)['latency']),
    [0, 0, 1, 700, 2_000, 2_000, 2_000],
  );
  t.deepEqual(valuesAt(fault, 0), { latency: 0, jitter: 0 });
  t.deepEqual(rampValuesAt(fault, 21_000), { latency: 700 });
});

test('a ramp can fall, and begins after the `after` of its fault', (t) => {
  const fault = latency('2s..500ms/1m', { after: '10s' });
  t.deepEqual(
    [0, 10_000, 40_000, 70_000].map((elapsed) => rampValuesAt(fault, elapsed)['latency']),
    [2_000, 2_000, 1_250, 500],
  );
});

test('attributes without a ramp are not copied', (t) => {
  const fault = latency(200);
  t.is(valuesAt(fault, 5), fault.attributes);
  t.is(
    currentValues(fault, () => 5),
    fault.attributes,
  );
});

test('current values are those of the time at which they are read', (t) => {
  let elapsed = 0;
  const values = currentValues(latency('0..100/100'), () => elapsed);
  t.deepEqual({ ...values }, { latency: 0, jitter: 0 });
  elapsed = 40;
  t.deepEqual({ ...values }, { latency: 40, jitter: 0 });
});

for (const [text, key, ramp, shown] of [
  ['latency latency=0..2s/60s', 'latency', { from: 0, to: 2_000, over: 60_000 }, 'latency latency=0s..2s/1m'],
  ['bandwidth rate=1000..10/5m', 'rate', { from: 1_000, to: 10, over: 300_000 }, 'bandwidth rate=1000..10/5m'],
  ['limit_data bytes=1MiB..0/9s', 'bytes', { from: 2 ** 20, to: 0, over: 9_000 }, 'limit_data bytes=1048576..0/9s'],
  ['slicer delay=0..1s/500', 'delay', { from: 0, to: 1_000_000, over: 500 }, 'slicer delay=0..1000000/500ms'],
  ['amqp_tune heartbeat=60..1/1h', 'heartbeat', { from: 60, to: 1, over: 3_600_000 }, 'amqp_tune heartbeat=60..1/1h'],
] as const) {
  test(`${text} is a ramp, on one line and as a map`, (t) => {
    const fault = parseCompact(text, { proxy: 'amqp' });
    t.deepEqual(fault.attributes[key], ramp);
    t.is(formatCompact(fault), shown);
    t.deepEqual(parseCompact(shown, { proxy: 'amqp' }), fault);
    t.deepEqual(parseFault(fault), fault, 'what is shown is accepted again');
  });
}

const RULE = 'a whole number of ms, or a duration with a unit, such as 2s';
for (const [value, problem] of [
  [
    '0..2s/0s',
    'must have milliseconds, or a duration with a unit, such as 250ms, 10s or 2m, above 0 and up to 24h as the over of its ramp, not "0s"',
  ],
  [
    '0..2s/25h',
    'must have milliseconds, or a duration with a unit, such as 250ms, 10s or 2m, above 0 and up to 24h as the over of its ramp, not "25h"',
  ],
  ['-1..2s/1s', `must have ${RULE} as the from of its ramp, not "-1"`],
  [{ from: 0, to: 25 * 3_600_000, over: 5 }, `must be at most 24h, not 90000000`],
  [
    { from: 0, to: 5 },
    'must have milliseconds, or a duration with a unit, such as 250ms, 10s or 2m, above 0 and up to 24h as the over of its ramp, not undefined',
  ],
  [{ from: 0, over: 5 }, `must have ${RULE} as the to of its ramp, not undefined`],
  [{ from: 0, to: 5, over: 5, then: 1 }, 'must be a ramp of from, to and over, without "then"'],
  [{}, `must be ${RULE}, not a map`],
] as const) {
  test(`rejected: ${JSON.stringify(value)}`, (t) => {
    t.throws(() => latency(value), { message: `attributes.latency ${problem}` });
  });
}

test('both ends of a ramp must be allowed for the type', (t) => {
  const corrupt = (value: string) => () =>
    parseFault({ type: 'amqp_corrupt', proxy: 'amqp', attributes: { what: 'type', value } });
  t.notThrows(corrupt('0..255/1s'));
  t.throws(corrupt('0..256/1s'), { message: /^attributes.value must be at most 255 for type, not 256$/ });
  t.throws(corrupt('256..0/1s'), { message: /^attributes.value must be at most 255 for type, not 256$/ });
  const hold = (octets: string) => () =>
    parseFault({ type: 'amqp_reset', proxy: 'amqp', attributes: { at: 'header', octets }, when: { header: '0-9-1' } });
  t.throws(hold('8..4/1s'), { message: /is not known until the header is complete/ });
});

test('only numbers can be ramps', (t) => {
  t.throws(() => parseFault({ type: 'amqp_close', proxy: 'amqp', attributes: { code: '320..541/1s' } }));
  t.throws(() => parseFault({ type: 'amqp_reset', proxy: 'amqp', attributes: { at: { from: 0, to: 1, over: 1 } } }));
  const properties = { from: 0, to: 1, over: 2 };
  const start = parseFault({ type: 'amqp_start', proxy: 'amqp', attributes: { server_properties: properties } });
  t.deepEqual(valuesAt(start, 1)['server_properties'], properties);
});

test('a change keeps the ramps that it does not name, also through the API of Toxiproxy', (t) => {
  const ramp = { from: 0, to: 2_000, over: 60_000 };
  const fault = latency(ramp);
  t.deepEqual(changeFault(fault, { attributes: { jitter: 5 } }).attributes, { latency: ramp, jitter: 5 });
  const changed = changeFault(fault, { attributes: { jitter: 5 } }, { asToxiproxy: true });
  t.deepEqual(changed.attributes, { latency: ramp, jitter: 5 });
  t.is(changeFault(fault, { attributes: { latency: 7 } }, { asToxiproxy: true }).attributes['latency'], 7);
});
