import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { startControl } from '../support/control.js';
import { startProgram, temporaryDirectory } from '../support/program.js';
import { startProxy } from '../support/proxy.js';
import { startTerminal } from '../support/terminal.js';
import { startUpstream } from '../support/upstream.js';

/** What a terminal shows in the end: each line after what erased or replaced its beginning. */
const screen = (output: string): readonly string[] =>
  output.split(/\r?\n/).map(
    (line) =>
      line
        .split(/\r/)
        .at(-1)
        ?.replaceAll(/\p{Cc}\[K/gu, '') ?? '',
  );

// No connection may end because a busy machine is slow.
const CONFIG = 'listen: 127.0.0.1:0\nupstream: stand-in\nhandshakeTimeout: 10m';

test('probe shows on a terminal how many cases have been played, and removes it before the result', async (t) => {
  const { port } = await startProxy(t, await startUpstream(t), { handshakeTimeout: 2_000 });
  const args = ['probe', `127.0.0.1:${port}`, '--only', 'silence,lowercase', '--handshake-timeout', '2s'];
  const terminal = await startTerminal(t, args);
  await terminal.shows(/\r1 of 2 cases played/);
  t.is((await terminal.ended).code, 0);
  const [, ...lines] = screen(terminal.output());
  t.regex(lines[0] ?? '', /^case +sent +received +end +ms$/);
  t.regex(lines[1] ?? '', /^silence /);
  t.notRegex(lines.join('\n'), /cases played/);
  const piped = startProgram(t, args);
  t.is((await piped.ended).code, 0);
  t.is(piped.stderr(), '');
});

test('probe --identify shows its progress too', async (t) => {
  const { port } = await startProxy(t, await startUpstream(t));
  const terminal = await startTerminal(t, ['probe', `127.0.0.1:${port}`, '--identify', '--json']);
  await terminal.shows(/\r\d+ of \d+ cases played/);
  await terminal.ended;
  const [, ...lines] = screen(terminal.output());
  t.notThrows(() => JSON.parse(lines[0] ?? ''));
});

test('an error is printed on a line without progress', async (t) => {
  const { url, instance } = await startControl(t, CONFIG);
  const file = join(temporaryDirectory(t), 'slow.yaml');
  writeFileSync(file, 'lease: 2s\nsteps:\n  - {type: latency, attributes: {latency: 2s}}\n');
  const terminal = await startTerminal(t, ['scenario', 'run', file, '--url', url]);
  await terminal.shows(/\rstep 1 of 1, until Ctrl-C: latency latency=2s/);
  await instance.stop(0);
  t.is((await terminal.ended).code, 1);
  t.regex(screen(terminal.output())[2] ?? '', /^rabbit-snare: cannot reach a control API at /);
});

test('scenario run shows the step and the time left, also on a narrow terminal', async (t) => {
  const { url } = await startControl(t, CONFIG);
  const file = join(temporaryDirectory(t), 'slow.yaml');
  writeFileSync(file, 'steps:\n  - {type: latency, attributes: {latency: 2s}, until: 3s}\n');
  const terminal = await startTerminal(t, ['scenario', 'run', file, '--url', url], { columns: 24 });
  await terminal.shows(/\rstep 1 of 1, \d s left:…/);
  t.is((await terminal.ended).code, 0);
  const [, ...lines] = screen(terminal.output());
  t.deepEqual(lines.slice(0, 2), ['scenario-1 has started: amqp/latency_downstream', 'scenario-1 has ended']);
});
