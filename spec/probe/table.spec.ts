import test from 'ava';
import type { ProbeResult } from '../../lib/probe/play.js';
import { formatTable } from '../../lib/probe/table.js';

const results: readonly ProbeResult[] = [
  { case: 'silence', sent: '', received: '', end: 'rst', ms: 10001.2 },
  { case: 'fin', sent: '', received: '', end: 'rst', ms: 0.4 },
  { case: 'partial-fin', sent: '0a0a0a0a', received: '', end: 'rst', ms: 1 },
  { case: 'lowercase', sent: '616d717030303931', received: '414d515000000901', end: 'fin', ms: 1.5 },
  { case: 'amqp-0-9-1', sent: '414d515000000901', received: '', end: 'open', ms: 100.1 },
];

test('the table has aligned columns', (t) => {
  t.deepEqual(formatTable(results).split('\n'), [
    'case         sent          received      end         ms',
    'silence      -             -             rst    10001.2',
    'fin          FIN           -             rst        0.4',
    'partial-fin  ...., FIN     -             rst        1.0',
    'lowercase    amqp0091      AMQP 0 0 9 1  fin        1.5',
    'amqp-0-9-1   AMQP 0 0 9 1  -             open     100.1',
  ]);
});

test('two runs with the same outcome differ only in the times', (t) => {
  const later = results.map((result) => ({ ...result, ms: result.ms / 2 }));
  const withoutTimes = (table: string) => table.replace(/ +[\d.]+$/gm, '');
  t.is(withoutTimes(formatTable(later)), withoutTimes(formatTable(results)));
});

test('without results, the table has only its titles', (t) => {
  t.is(formatTable([]), 'case  sent  received  end        ms');
});
