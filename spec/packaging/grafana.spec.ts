import { readFileSync } from 'node:fs';
import test from 'ava';
import { METRICS } from '../../lib/report/metric-table.js';
import { DASHBOARD, EXPRESSIONS } from '../support/grafana.js';

const { panels, templating } = DASHBOARD;
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana replaces it.
const VARIABLE = '${datasource}';
const charts = panels.filter(({ type }) => type !== 'row');

test('the dashboard can be imported: its data source is a variable, and its panels have unique ids', (t) => {
  t.true(DASHBOARD.schemaVersion >= 39);
  t.deepEqual(
    templating.list.map(({ name }) => name),
    ['datasource', 'job', 'instance', 'proxy'],
  );
  t.like(templating.list[0], { type: 'datasource', query: 'prometheus' });
  for (const { title, targets = [] } of charts) {
    t.true(targets.length > 0, title);
    for (const { datasource } of targets) t.deepEqual(datasource, { type: 'prometheus', uid: VARIABLE }, title);
  }
  t.is(new Set(panels.map(({ id }) => id)).size, panels.length);
});

test('every panel has a title, a description and a unit, and every series a legend', (t) => {
  t.is(new Set(panels.map(({ title }) => title)).size, panels.length);
  for (const { title, description = '', fieldConfig, targets = [] } of charts) {
    t.regex(description, /^[A-Z0-9].+\.$/, title);
    t.truthy(fieldConfig?.defaults.unit, title);
    t.is(new Set(targets.map(({ refId }) => refId)).size, targets.length, title);
    for (const { legendFormat } of targets) t.not(legendFormat, '', title);
  }
});

test('panels fill the width of the grid and do not overlap', (t) => {
  const taken = new Map<string, string>();
  for (const { title, gridPos } of panels) {
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        t.is(taken.get(`${x},${y}`), undefined, title);
        taken.set(`${x},${y}`, title);
      }
    }
  }
  const bottom = Math.max(...panels.map(({ gridPos: { y, h } }) => y + h));
  t.is(taken.size, 24 * bottom);
});

test('every metric has a panel, and every panel shows metrics that exist', (t) => {
  const names = EXPRESSIONS.flatMap(({ expr }) => expr.match(/\b(?:rabbit_snare|toxiproxy|process|nodejs)_\w+/g) ?? []);
  const own = names.filter((name) => /^(?:rabbit_snare|toxiproxy)_/.test(name));
  t.deepEqual([...new Set(own.map((name) => name.replace(/_bucket$/, '')))].sort(), Object.keys(METRICS).sort());
});

test('the package has the dashboard and the configuration of Prometheus', (t) => {
  const { files } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly files: readonly string[] };
  t.true(files.includes('config'));
});
