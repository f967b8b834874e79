import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';

type Packed = readonly [{ readonly files: readonly { readonly path: string }[] }];

test('the npm package has the page of the dashboard without its sources, and the scenarios', async (t) => {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    maxBuffer: 16 * 1024 * 1024,
  });
  const paths = (JSON.parse(stdout) as Packed)[0].files.map(({ path }) => path);
  const dashboard = paths.filter((path) => path.startsWith('dist/lib/dashboard/'));
  t.deepEqual(
    dashboard.sort(),
    ['index.html', 'main.js', 'style.css'].map((name) => `dist/lib/dashboard/page/${name}`),
  );
  t.true(paths.includes('config/scenarios/broker-restart-320.yaml'));
  t.true(paths.includes('dist/lib/control/routes/dashboard.js'));
});
