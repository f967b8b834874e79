import test from 'ava';
import { metricDocs } from '../../lib/report/metric-docs.js';
import { METRICS } from '../../lib/report/metric-table.js';

test('the docs have every metric with its type, meaning and labels', (t) => {
  const sections = metricDocs().split('\n## ').slice(1);
  t.is(sections.length, Object.keys(METRICS).length);
  for (const [nth, [name, { type, help, labels }]] of Object.entries(METRICS).entries()) {
    const [title, ...rest] = (sections[nth] ?? '').split('\n');
    t.is(title, name);
    for (const text of [`Type: ${type}`, help]) t.true(rest.includes(text), `${name}: ${text}`);
    for (const [label, values] of Object.entries(labels)) t.true(rest.includes(`| \`${label}\` | ${values} |`), label);
  }
});
