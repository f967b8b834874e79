import test from 'ava';
import { hostOf, knocking, troubles } from '../../../lib/dashboard/now/knocking.js';
import type { Report } from '../../../lib/report/report.js';

let reports = 0;

function report(client: string | null, name: string, severity = 'error', more: Partial<Report> = {}): Report {
  reports += 1;
  const reason = { name, severity } as Report['reason'];
  const nothing = { handshake: null, healthCheckOf: null, looksLike: null, decision: 'none' as const };
  return { id: String(reports), client, reason, ...nothing, ...more } as Report;
}

test('sources are ordered by their connections, each with its reasons ordered by frequency', (t) => {
  const all = [
    report('10.0.0.1:1', 'bad_header'),
    report('10.0.0.2:1', 'connection_closed', 'info'),
    report('10.0.0.2:2', 'bad_version'),
    report('10.0.0.2:3', 'bad_version'),
    report(null, 'connection_closed_with_no_data_received', 'info'),
  ];
  const found = knocking(all, 2);
  t.deepEqual(
    found.map(({ host, count, reasons: [first] }) => [host, count, first?.reason.name, first?.count]),
    [
      ['10.0.0.2', 3, 'bad_version', 2],
      ['10.0.0.1', 1, 'bad_header', 1],
    ],
  );
  t.is(found[0]?.last, all[3]);
  t.is(knocking(all, 9).at(-1)?.host, null);
});

test('a source is named after the latest report that says what it is', (t) => {
  const product = { handshake: { product: 'pika', version: '1.3' } as Report['handshake'] };
  const [source] = knocking(
    [
      report('10.0.0.1:1', 'bad_header', 'error', { looksLike: { what: 'http' } as Report['looksLike'] }),
      report('10.0.0.1:2', 'connection_closed', 'info', product),
      report('10.0.0.1:3', 'connection_closed_abruptly'),
    ],
    1,
  );
  t.is(source?.what, 'pika 1.3');
});

test('the port and the brackets of an address are left out', (t) => {
  t.deepEqual(['10.0.0.1:5672', '[::1]:5672', '[fe80::1%eth0]:1'].map(hostOf), ['10.0.0.1', '::1', 'fe80::1%eth0']);
});

test('refusals, warnings and errors are troubles, the latest first', (t) => {
  const all = [
    report('10.0.0.1:1', 'bad_header'),
    report('10.0.0.1:2', 'connection_closed', 'info'),
    report('10.0.0.1:3', 'connection_closed_abruptly', 'warning'),
    report('10.0.0.1:4', 'fault', 'info', { decision: 'refuse' }),
  ];
  t.deepEqual(troubles(all, 9), [all[3], all[2], all[0]]);
  t.deepEqual(troubles(all, 1), [all[3]]);
});
