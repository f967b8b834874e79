import test from 'ava';
import fc from 'fast-check';
import { NOTHING_SAID } from '../../lib/amqp/handshake.js';
import type { Facts } from '../../lib/report/facts.js';
import { reportLine } from '../../lib/report/report-line.js';
import { REASONS } from '../support/reasons.js';
import { ended, reportWith } from '../support/report.js';

const anyText = fc.string({ unit: 'binary' });
const textOrNull = fc.option(anyText, { nil: null });
const anyClose = fc.constantFrom('fin', 'rst', null);
const anyMs = fc.option(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), { nil: null });

const anyHit = fc.record({ id: anyText, name: anyText, type: anyText, at: anyText });

const anyFacts: fc.Arbitrary<Partial<Facts>> = fc.record({
  id: anyText,
  proxy: anyText,
  durationMs: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
  client: textOrNull,
  via: textOrNull,
  listen: anyText,
  destination: textOrNull,
  upstream: textOrNull,
  decision: fc.constantFrom('forward', 'refuse', 'fault', 'none'),
  fault: fc.option(anyHit, { nil: null }),
  faults: fc.array(anyHit),
  explained: fc.array(anyText),
  omitted: fc.option(fc.record({ faults: fc.nat(), explained: fc.nat() }), { nil: null }),
  reason: fc.constantFrom(...Object.values(REASONS)),
  inferred: fc.boolean(),
  header: fc.uint8Array({ maxLength: 8 }),
  ended: fc.tuple(anyClose, anyClose).map(([sent, saw]) => ended('client', sent, saw)),
  octets: fc.record({ received: fc.nat(), sent: fc.nat() }),
  timing: fc.record({
    headerMs: anyMs,
    upstreamConnectMs: anyMs,
    startMs: anyMs,
    tuneMs: anyMs,
    tuneOkMs: anyMs,
    openMs: anyMs,
  }),
  handshake: fc.option(
    fc.record({ user: anyText, vhost: anyText }).map((said) => ({ ...NOTHING_SAID, ...said })),
    { nil: null },
  ),
  tls: fc.option(
    fc.record({ version: textOrNull, servername: textOrNull, alpn: fc.array(anyText), terminated: fc.boolean() }),
    { nil: null },
  ),
});

test('the line of any report is what JSON.stringify returns', (t) => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const report = reportWith(facts);
      t.is(reportLine(report), JSON.stringify(report));
    }),
  );
});

test('the line of a cloned report is the same', (t) => {
  const report = reportWith();
  t.is(reportLine(structuredClone(report)), JSON.stringify(report));
});
