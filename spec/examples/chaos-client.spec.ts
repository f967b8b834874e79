import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createSnare } from '../../lib/index.js';
import { temporaryDirectory } from '../support/program.js';
import { sharedRabbitmq } from '../support/shared-rabbitmq.js';
import { within } from '../support/within.js';

const { port } = sharedRabbitmq();

/** Starts the client; killed when the test ends. `said` resolves when a line matches. */
function startClient(t: ExecutionContext, url: string, ...flags: readonly string[]) {
  const file = join(temporaryDirectory(t), 'round-trip');
  const args = ['dist/spec/examples/chaos-client.js', url, '--file', file, ...flags];
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => child.kill('SIGKILL'));
  let output = '';
  const exited = once(child, 'close').then(([code]) => code as number | null);
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    child.emit('said');
  });
  const said = async (line: RegExp): Promise<void> => {
    const event = (async () => {
      while (!line.test(output)) await once(child, 'said');
    })();
    await within(event, () => `${line} in ${output}`);
  };
  return {
    child,
    said,
    file,
    exited: () => within(exited, () => `the end of the client: ${output}`),
    output: () => output,
  };
}

test('the resilient chaos client survives a lost connection and loses no message; the fragile one gives up', async (t) => {
  await using snare = await createSnare({ upstream: `127.0.0.1:${port}` });
  const resilient = startClient(t, snare.url, '--name', 'chaos-spec-resilient');
  const fragile = startClient(t, snare.url, '--name', 'chaos-spec-fragile', '--fragile');
  await Promise.all([resilient.said(/connected, time 1/), fragile.said(/connected, time 1/)]);

  const fault = await snare.faults.add({ type: 'amqp_close', attributes: { at: 'running', code: 320 }, times: 2 });
  await Promise.all([resilient.said(/lost: .*320.*tries again/), fragile.said(/gives up: .*320/)]);
  t.is(await fragile.exited(), 1);
  t.is(fault.seen.length, 2);

  await resilient.said(/connected, time 2/);
  resilient.child.kill('SIGTERM');
  t.is(await resilient.exited(), 0);
  t.regex(resilient.output(), /stopped: (\d+) published, \1 received, 0 missing/);
  t.true(existsSync(resilient.file), 'the health check finds the file');
});
