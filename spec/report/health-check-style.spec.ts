import test from 'ava';
import { healthCheckStyle } from '../../lib/report/health-check-style.js';
import { ascii, protocolHeader } from '../support/bytes.js';
import { REASONS } from '../support/reasons.js';
import { ended, reportWith } from '../support/report.js';

const byClient = ended('client', 'fin', 'rst');
const NO_DATA = { reason: REASONS.connection_closed_with_no_data_received, ended: byClient };
const ABRUPT = { reason: REASONS.connection_closed_abruptly, ended: byClient };
const HEADER_ONLY = { ...ABRUPT, header: protocolHeader(0, 0, 9, 1) };

for (const [title, facts, style, local] of [
  ['no data', NO_DATA, 'no_data', 'proxy_local'],
  ['only a good header', HEADER_ONLY, 'header_only', 'proxy_local'],
  ['PROXY LOCAL and part of a header', { ...ABRUPT, isLocal: true, header: ascii('AM') }, 'proxy_local', 'proxy_local'],
  ['PROXY LOCAL and then silence', { isLocal: true }, 'proxy_local', 'proxy_local'],
  ['part of a header', { ...ABRUPT, header: ascii('AMQP') }, null, null],
  ['silence', {}, null, null],
] as const) {
  test(`${title} is ${style ?? 'not a health check'}`, (t) => {
    t.is(healthCheckStyle(reportWith(facts)), style);
    t.is(healthCheckStyle(reportWith(facts), true), local);
  });
}
