import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { freePort } from '../support/free-port.js';
import { startProgram, temporaryDirectory } from '../support/program.js';
import { until } from '../support/rabbitmq/until.js';

function fileOf(t: ExecutionContext, text: string): string {
  const file = join(temporaryDirectory(t), 'toxiproxy.json');
  writeFileSync(file, text);
  return file;
}

test('it starts with the flags of the Toxiproxy image, and has the proxies and toxics of its file', async (t) => {
  const [port, listen] = [await freePort(), await freePort()];
  const file = fileOf(
    t,
    JSON.stringify([
      {
        name: 'rmq',
        listen: `127.0.0.1:${listen}`,
        upstream: '127.0.0.1:1',
        toxics: [{ type: 'latency', attributes: { latency: 5 } }],
      },
    ]),
  );
  const program = startProgram(t, [`-host=127.0.0.1`, `-port=${port}`, `-config=${file}`, '-seed=7']);
  const get = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).json();
  const proxies = await until(() => get('/proxies').catch(() => undefined), 20_000);
  t.like(proxies, {
    rmq: { listen: `127.0.0.1:${listen}`, enabled: true, mode: 'observe', toxics: [{ name: 'latency_downstream' }] },
  });
  t.like(await get('/version'), { version: '2.12.0' });
  program.child.kill('SIGTERM');
  t.deepEqual(await program.ended, { code: 0, signal: null });
  t.regex(program.stderr(), /seed 7/);
});

for (const [text, problem] of [
  ['{', /must be JSON/],
  ['[{"name":"a"}]', /missing required field: upstream at proxy 1/],
  ['[{"name":"a","upstream":"b:1","toxics":[{"type":"nope"}]}]', /invalid toxic type/],
] as const) {
  test(`a file with ${text} is rejected, and the file is named`, async (t) => {
    const file = fileOf(t, text);
    const program = startProgram(t, ['toxiproxy', '-port=0', '-config', file]);
    t.deepEqual(await program.ended, { code: 2, signal: null });
    t.regex(program.stderr(), problem);
    t.true(program.stderr().includes(file));
  });
}

test('-version and -help print to standard output', async (t) => {
  const version = startProgram(t, ['-version']);
  t.deepEqual(await version.ended, { code: 0, signal: null });
  t.regex(version.stdout(), /^rabbit-snare \d/);
  const help = startProgram(t, ['toxiproxy', '--help']);
  t.deepEqual(await help.ended, { code: 0, signal: null });
  t.regex(help.stdout(), /-config FILE/);
});
