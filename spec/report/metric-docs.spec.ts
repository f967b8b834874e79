import test from 'ava';
import { metricDocs } from '../../lib/report/metric-docs.js';
import { METRICS } from '../../lib/report/metric-table.js';
import { PROCESS_METRICS } from '../../lib/report/process-metric-docs.js';
import { metricsOf } from '../support/metrics.js';

test('the docs have every metric with its type, meaning and labels', (t) => {
  const sections = metricDocs().split('\n## ').slice(1);
  t.is(sections.length, Object.keys(METRICS).length + 1);
  for (const [nth, [name, { type, help, labels }]] of Object.entries(METRICS).entries()) {
    const [title, ...rest] = (sections[nth] ?? '').split('\n');
    t.is(title, name);
    for (const text of [`Type: ${type}`, help]) t.true(rest.includes(text), `${name}: ${text}`);
    for (const [label, values] of Object.entries(labels)) t.true(rest.includes(`| \`${label}\` | ${values} |`), label);
  }
});

test('the docs have every metric of the process', async (t) => {
  const text = await metricsOf().text();
  const names = [...text.matchAll(/^# HELP ((?:process|nodejs)_\w+)/gm)].map(([, name]) => name);
  t.deepEqual(names, Object.keys(PROCESS_METRICS));
  for (const name of names) t.true(metricDocs().includes(`| \`${name}\` |`), name);
});
