import { readFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { startProgram, startRunning } from '../support/program.js';

const README = readFileSync('README.md', 'utf8');
const BLOCKS = [...README.matchAll(/^```.*\n([\s\S]*?)^```/gm)].map(([, block = '']) => block.trimEnd().split('\n'));

/** The block with a matching line. */
function blockWith(line: RegExp): readonly string[] {
  const block = BLOCKS.find((lines) => lines.some((each) => line.test(each)));
  if (block === undefined) throw new Error(`README.md has no block with ${line}`);
  return block;
}

/** The block that begins with a command: its arguments and its output. */
function recorded(command: string): { readonly args: readonly string[]; readonly output: readonly string[] } {
  const [prompt = '', ...output] = blockWith(new RegExp(`^\\$ npx rabbit-snare ${command} `));
  const words = prompt.slice('$ npx rabbit-snare '.length).match(/'[^']*'|\S+/g) ?? [];
  return { args: words.map((word) => word.replaceAll("'", '')), output };
}

async function printed(t: ExecutionContext, args: readonly string[]): Promise<readonly string[]> {
  const program = startProgram(t, args);
  await program.ended;
  return program.stdout().trimEnd().split('\n');
}

/** Removes the duration of each case and the blanks that align the table. */
const withoutTimes = (lines: readonly string[]) =>
  lines.map((line) => line.replace(/ +[\d.]+$/, '').replaceAll(/ +/g, ' '));

/** Removes what differs from run to run: ports and times. */
const withoutVariables = (line: string) =>
  line.replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT').replaceAll(/\d+ ms/g, 'N ms');

test('probe and the log of the proxy print what README.md shows', async (t) => {
  const { args, output } = recorded('probe');
  const running = await startRunning(t, ['--upstream', 'stand-in']);
  const here = args.map((arg) => (arg === '127.0.0.1:5673' ? `127.0.0.1:${running.port}` : arg));
  t.deepEqual(withoutTimes(await printed(t, here)), withoutTimes(output));

  const shown = blockWith(/amqp 127\.0\.0\.1:\d+ connection_closed/).map(withoutVariables);
  running.signal('SIGTERM');
  await running.ended;
  const logged =
    running
      .stderr()
      .match(/(?<=^\S+ )\w+ +amqp 127\.0\.0\.1:\d+ .+$/gm)
      ?.map(withoutVariables) ?? [];
  t.is(logged.length, shown.length);
  const isLogged = (line: string) => logged.some((each) => each.startsWith(line.replace(/…$/, '')));
  t.true(shown.every(isLogged), `README.md should show:\n${logged.join('\n')}`);
});

test('classify prints what README.md shows', async (t) => {
  const { args, output } = recorded('classify');
  t.deepEqual(await printed(t, args), output);
});

test('retries.spec.ts runs every statement of the example in README.md', (t) => {
  const example = blockWith(/createSnare\(\)/);
  const tested = readFileSync('spec/examples/retries.spec.ts', 'utf8').split('\n');
  const statements = example.filter((line) => !/^(import|test\(|\/\*\*)/.test(line));
  t.true(statements.length > 10);
  t.deepEqual(
    statements.filter((line) => !tested.includes(line)),
    [],
  );
});
