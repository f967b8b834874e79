import test from 'ava';
import { findPrograms } from '../support/debian-package.js';
import { DEBIAN_PROGRAMS } from '../support/debian-programs.js';
import { type Block, blocksOf } from './block.js';
import { type Command, commandsOf, isServer, isWatcher } from './command.js';
import { compile, isScript, needsMore } from './compile.js';
import { readData } from './data.js';
import { pages } from './pages.js';
import { differenceOf, hasLines } from './same-output.js';
import { type Ran, runCommands, TIMEOUT } from './session.js';

/** How many blocks of each page are marked as not run. A mark needs a good reason: a block that can run here has none. */
const NOT_RUN: Readonly<Record<string, number>> = {
  'CONTRIBUTING.md': 2,
  'README.md': 2,
  'docs/command-line.md': 1,
  'docs/conformance.md': 2,
  'docs/dashboard.md': 1,
  'docs/docker.md': 8,
  'docs/health-checks.md': 1,
  'docs/kubernetes.md': 3,
  'docs/performance.md': 1,
  'docs/reliability.md': 2,
  'docs/terminal.md': 2,
  'docs/testcontainers.md': 2,
  'docs/testing.md': 1,
  'docs/toxiproxy.md': 2,
};

/** Languages of blocks that only show something. */
const SHOWN_ONLY = new Set(['text', 'ini', 'haproxy', 'nginx', 'diff', 'dockerfile', 'markdown', 'toml', 'xml']);

/** Pages that run at the same time. */
const AT_ONCE = 2;

const isShell = ({ language, text }: Block) =>
  /^(sh|bash|shell|console)$/.test(language) || (language === '' && text.startsWith('$ '));
const isData = ({ language }: Block) => /^(json|jsonc|yaml|yml)$/.test(language);
/** Output of the commands before it. */
const isOutput = ({ language, text }: Block) => language === '' && !text.startsWith('$ ');
const isRun = ({ notes }: Block) => notes.notRun === undefined;
const placeOf = ({ page, line }: { readonly page: string; readonly line: number }) => `${page}:${line}`;

const byPage = new Map(pages().map((page) => [page, blocksOf(page)]));
const all = [...byPage.values()].flat();
const compiled = await compile(all.filter((block) => isScript(block) && (isRun(block) || !needsMore(block))));
test.after.always(() => compiled[Symbol.dispose]());

/** The programs of the snippets, besides the one that makes their network. */
const { iproute2, bunny, curl, jq, openssl, prometheus, pyAmqp } = DEBIAN_PROGRAMS;
let ip: Promise<string> | undefined;
const findIp = () => {
  ip ??= findPrograms([iproute2, bunny, curl, jq, openssl, prometheus, pyAmqp], console.error).then(
    ([file = '']) => file,
  );
  return ip;
};

/** What the reader of a block runs. */
function steps(block: Block): readonly Command[] {
  const { page, line, notes } = block;
  const command = (text: string): Command => ({ page, line, text, shown: null, exitCode: 0 });
  const first = commandsOf({ ...block, text: notes.runFirst ?? '', notes: {} }).map((each) => ({
    ...each,
    line: line - 1,
  }));
  if (!isRun(block)) return [];
  if (isShell(block)) return [...first, ...commandsOf(block)];
  if (isScript(block) && notes.assume === undefined) {
    return [...first, command(compiled.commandOf(block))];
  }
  return first;
}

const lastLines = (output: string) => output.trimEnd().split('\n').slice(-8).join('\n');

/** What is wrong with a command, in the words of a person who repairs the page. */
function problemOf({ command, status, output }: Ran): string | undefined {
  const said = `${placeOf(command)}: ${command.text.split('\n')[0]}`;
  if (status !== command.exitCode) {
    const became = status === null ? 'did not end, or never printed or became ready' : `exited with ${status}`;
    return `${said}\n  ${became}:\n${lastLines(output)}`;
  }
  if (command.shown === null) return undefined;
  const difference = differenceOf(output, command.shown, { partly: isServer(command) || isWatcher(command) });
  return difference === undefined ? undefined : `${said}\n  ${difference}`;
}

const waiting: (() => void)[] = [];
let running = 0;

/** Waits for its turn. */
async function inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  running++;
  try {
    return await run();
  } finally {
    running--;
    waiting.shift()?.();
  }
}

for (const [page, blocks] of byPage) {
  const commands = blocks.flatMap(steps);
  if (commands.length === 0) continue;
  test(`the commands of ${page} succeed, and print what it shows`, async (t) => {
    const found = await findIp();
    const ran = await inTurn(() => {
      t.timeout(TIMEOUT + 10_000);
      return runCommands(found, commands);
    });
    const problems = ran.flatMap((each) => problemOf(each) ?? []);
    for (const block of blocks.filter((each) => isOutput(each) && isRun(each))) {
      const outputs = ran.filter(({ command }) => command.line < block.line).map(({ output }) => output);
      if (outputs.some((output) => hasLines(output, block.text))) continue;
      problems.push(
        `${placeOf(block)}: no command before this block prints all of it; they print:\n${outputs.map(lastLines).join('\n')}`,
      );
    }
    t.is(problems.join('\n\n'), '');
  });
}

test('the commands of a page share a shell, and each has its own exit code and output', async (t) => {
  const texts = [
    'cd config',
    'ls compose.yaml',
    'no() { return 3; }',
    'no',
    'docker ps',
    'npx rabbit-snare run --no-such-flag',
  ];
  const commands = texts.map((text, at): Command => ({ page: 'a.md', line: at, text, shown: null, exitCode: 0 }));
  const ran = await runCommands(await findIp(), commands);
  t.deepEqual(
    ran.map(({ status }) => status),
    [0, 0, 0, 3, 1, 2],
  );
  t.is(ran[1]?.output, 'compose.yaml\n');
  t.deepEqual(
    ran.map((each) => problemOf(each)?.split('\n')[1]),
    [undefined, undefined, undefined, '  exited with 3:', '  exited with 1:', '  exited with 2:'],
  );
});

test('every output that a page shows belongs to a command of the page, or is marked', (t) => {
  const lonely = all.filter((block) => {
    const commands = (byPage.get(block.page) ?? []).flatMap(steps);
    return isOutput(block) && isRun(block) && !commands.some(({ line }) => line < block.line);
  });
  t.deepEqual(lonely.map(placeOf), []);
});

test('every block is in a language that is run, checked or only shown', (t) => {
  const known = (block: Block) =>
    isShell(block) || isScript(block) || isData(block) || isOutput(block) || SHOWN_ONLY.has(block.language);
  t.deepEqual(
    all.filter((block) => !known(block) && isRun(block)).map((block) => `${placeOf(block)}: ${block.language}`),
    [],
  );
});

test('every TypeScript and JavaScript block compiles', (t) => {
  t.is(compiled.errors.join('\n'), '');
});

test('every JSON and YAML block is valid', (t) => {
  const problems = all.filter(isData).flatMap((block) => {
    try {
      readData(block);
      return [];
    } catch (error) {
      return [`${placeOf(block)}: ${(error as Error).message}`];
    }
  });
  t.is(problems.join('\n'), '');
});

test('the blocks that are not run are marked with a reason, and counted', (t) => {
  const marked = all.filter((block) => !isRun(block));
  t.deepEqual(marked.filter(({ notes }) => (notes.notRun ?? '').split(' ').length < 2).map(placeOf), []);
  const counted = [...byPage.keys()].flatMap((page) => {
    const count = marked.filter((block) => block.page === page).length;
    return count === 0 ? [] : [[page, count]];
  });
  t.deepEqual(Object.fromEntries(counted), NOT_RUN, 'change NOT_RUN if the marks are right');
});
