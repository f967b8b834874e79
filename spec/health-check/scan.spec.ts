import test from 'ava';
import { isScan } from '../../lib/health-check/scan.js';
import type { HealthCheckStyle } from '../../lib/health-check/style.js';

const did = (style: HealthCheckStyle, lastSeen: number, isPeriodic = false) => ({ style, lastSeen, isPeriodic });

test('three protocols within a minute from one source are a scan', (t) => {
  t.true(isScan([did('partial', 0), did('http', 11_000), did('header_only', 11_200)], 11_200));
  t.true(isScan([did('other', 0), did('other', 1), did('other', 2)], 2));
});

test('two protocols, connections that send nothing, and protocols of an hour ago are no scan', (t) => {
  t.false(isScan([did('tls_hello', 0), did('http', 10)], 10));
  t.false(isScan([did('http', 0), did('no_data', 1), did('no_data_reset', 2), did('hold', 3)], 3));
  t.false(isScan([did('partial', 0), did('http', 3_600_000), did('header_only', 7_200_000)], 7_200_000));
});

test('periodic checks of one source are no scan', (t) => {
  t.false(isScan([did('partial', 0, true), did('http', 1, true), did('header_only', 2)], 2));
});
