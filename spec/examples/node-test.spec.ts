import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'ava';

test('the example with node:test passes', async (t) => {
  const child = spawn(process.execPath, ['--test', 'dist/spec/examples/with-node-test.js'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
  });
  t.teardown(() => child.kill());
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  const [code] = await once(child, 'close');
  t.is(code, 0, output);
  t.regex(output, /pass 2/);
});
