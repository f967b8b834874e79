import { readFileSync } from 'node:fs';
import test from 'ava';
import { startControl } from '../support/control.js';

const docs = readFileSync(new URL('../../../docs/control-api.md', import.meta.url), 'utf8');

test('docs/control-api.md has exactly the routes of the API', async (t) => {
  const { url } = await startControl(t);
  const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: Record<string, object> };
  const served = Object.entries(paths).flatMap(([path, own]) =>
    Object.keys(own).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const told = [...docs.matchAll(/`((?:GET|POST|PATCH|DELETE) \/\S*)`/g)].map(([, route]) => route);
  t.deepEqual([...new Set(told)].sort(), [...served].sort());
});
