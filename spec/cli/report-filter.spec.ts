import test from 'ava';
import { type FilterArguments, reportFilter } from '../../lib/cli/report-filter.js';
import type { Report } from '../../lib/report/report.js';
import { REASONS } from '../support/reasons.js';
import { reportWith } from '../support/report.js';

const hit = { id: 'amqp/cut', name: 'cut', type: 'amqp_reset', at: 'start' };

const REPORTS: Record<string, Report> = {
  silent: reportWith(),
  text: reportWith({ reason: REASONS.bad_header, client: '10.0.0.2:5' }),
  check: reportWith({
    reason: REASONS.connection_closed_with_no_data_received,
    ended: { by: 'client', clientSent: 'fin', clientSaw: 'rst', upstreamSent: null, upstreamSaw: null },
    proxy: 'orders',
    client: '[2001:db8::1]:6',
  }),
  faulted: reportWith({ reason: REASONS.fault, fault: hit, faults: [hit] }),
};

const selected = (flags: FilterArguments): readonly string[] => {
  const filter = reportFilter(flags);
  return Object.keys(REPORTS).filter((name) => filter?.(REPORTS[name] as Report) ?? true);
};

for (const [flags, names] of [
  [{ reason: 'bad_header' }, ['text']],
  [{ reason: ['bad_header', 'handshake_timeout'] }, ['silent', 'text']],
  [{ client: '10.0.0.2' }, ['text']],
  [{ client: '10.0.0.2:5' }, ['text']],
  [{ client: '10.0.0.2:50' }, []],
  [{ client: '2001:db8::1' }, ['check']],
  [{ proxy: 'orders' }, ['check']],
  [{ fault: 'cut' }, ['faulted']],
  [{ fault: 'amqp/cut' }, ['faulted']],
  [{ 'health-checks': true }, ['check']],
  [{ 'health-checks': false }, ['silent', 'text', 'faulted']],
  [{ 'health-checks': false, proxy: 'amqp', reason: ['fault', 'bad_header'] }, ['text', 'faulted']],
] satisfies [FilterArguments, string[]][]) {
  test(`${JSON.stringify(flags)} selects ${names.join(' and ') || 'nothing'}`, (t) =>
    t.deepEqual(selected(flags), names));
}

test('without flags there is no filter', (t) => t.is(reportFilter({}), null));

test('a reason that does not exist is an error that names the nearest one', (t) => {
  t.throws(() => reportFilter({ reason: 'bad_heder' }), {
    name: 'UsageError',
    message: /^--reason: there is no reason "bad_heder" \(did you mean "bad_header"\?\); docs\/reports\.md lists all/,
  });
  t.throws(() => reportFilter({ reason: ['bad_header', 'constructor'] }), { message: /no reason "constructor"; docs/ });
});
