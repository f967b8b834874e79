import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';

/** The specs of everything that depends on how sockets are read. */
const SOCKET_SPECS = ['reset', 'early-reset', 'unread-reset', 'half-close', 'close', 'refusal', 'back-pressure'];

test('the specs of sockets also pass with the public API alone', async (t) => {
  t.timeout(300_000);
  const files = SOCKET_SPECS.map((name) => `dist/spec/proxy/${name}.spec.js`);
  const preload = new URL('../support/public-reads.js', import.meta.url).href;
  const ava = fileURLToPath(new URL('cli.mjs', import.meta.resolve('ava')));
  const env = { ...process.env, NODE_OPTIONS: `--import=${preload}` };
  const ran = await promisify(execFile)(process.execPath, [ava, '--tap', '--timeout=4m', ...files], { env }).catch(
    (error) => error,
  );
  const failed = String(ran.stdout)
    .split('\n')
    .filter((line) => line.startsWith('not ok'));
  t.deepEqual([failed, ran.code], [[], undefined], String(ran.stdout).slice(-2_000));
  t.regex(String(ran.stdout), /^# pass [1-9]/m);
});
