import test from 'ava';
import { blocksIn } from './block.js';
import { type Command, commandsOf, isServer, isWatcher } from './command.js';
import { differenceOf, hasLines } from './same-output.js';

const read = (...lines: readonly string[]) => blocksIn('a.md', lines.join('\n'));
const texts = (...lines: readonly string[]) =>
  read('```sh', ...lines, '```')
    .flatMap(commandsOf)
    .map(({ text }) => text);

test('a block has its line, its language and the notes before it', (t) => {
  const [first, second] = read(
    'text',
    '<!-- not run: needs a cluster -->',
    '<!-- exit code: 2 -->',
    '',
    '```SH title',
    'a',
    '```',
    '<!-- begin -->',
    '- item',
    '',
    '  <!-- run first: b',
    '  c -->',
    '  ~~~',
    '  ```',
    '    d',
    '  ~~~',
  );
  t.like(first, { line: 6, language: 'sh', text: 'a', notes: { notRun: 'needs a cluster', exitCode: '2' } });
  t.like(second, { line: 14, language: '', text: '```\n  d', notes: { runFirst: 'b\n  c' } });
  t.deepEqual(Object.keys(second?.notes ?? {}), ['runFirst']);
  t.throws(() => read('```sh', 'a'), { message: 'a.md:1: the block is not closed' });
});

test('a command goes on while it is not complete', (t) => {
  t.deepEqual(texts('a   # one', '', '# no command', 'b'), ['a   # one', 'b']);
  t.deepEqual(texts('a \\', '  b', 'c |', 'd', 'e &&', 'f'), ['a \\\n  b', 'c |\nd', 'e &&\nf']);
  t.deepEqual(texts("a 'b", "c'", 'd "e\\"', 'f"', "g   # it's", 'h'), ["a 'b\nc'", 'd "e\\"\nf"', "g   # it's", 'h']);
  t.deepEqual(texts('cat <<EOF', 'a', 'EOF', 'b'), ['cat <<EOF\na\nEOF', 'b']);
  t.deepEqual(texts('for a in b; do', '  c', 'done', 'd'), ['for a in b; do\n  c\ndone', 'd']);
});

test('in a transcript, a command has the output below it', (t) => {
  const commands = read('```', "$ a 'b", "c'", 'one', '', 'two', '$ d', '```').flatMap(commandsOf);
  t.deepEqual(
    commands.map(({ line, text, shown }) => ({ line, text, shown })),
    [
      { line: 2, text: "a 'b\nc'", shown: 'one\n\ntwo' },
      { line: 7, text: 'd', shown: null },
    ],
  );
});

test('servers and watchers are told from commands that end', (t) => {
  const command = (text: string): Command => ({ page: 'a.md', line: 1, text, shown: null, exitCode: 0 });
  for (const text of [
    'npm ci && npm start    # build',
    'npx rabbit-snare',
    'rabbit-snare --config a.yaml',
    'npx rabbit-snare run --reports - | jq .',
    'A=b npx rabbit-snare toxiproxy -host=0.0.0.0',
  ]) {
    t.true(isServer(command(text)), text);
  }
  for (const text of [
    'npx rabbit-snare classify --text run',
    'npx rabbit-snare run --help',
    "echo 'npm start'",
    'npx rabbit-snare watch',
  ]) {
    t.false(isServer(command(text)), text);
  }
  for (const text of ['npx rabbit-snare watch', 'curl --no-buffer localhost:8474/events'])
    t.true(isWatcher(command(text)), text);
  for (const text of ['npx rabbit-snare top', 'curl -s localhost:8474/events']) t.false(isWatcher(command(text)), text);
});

test('outputs are compared without times, ports and the widths of columns', (t) => {
  const printed =
    '2026-11-28T19:44:08.505Z info  amqp 127.0.0.1:44118 closed after 13 ms\n\ncase  sent  ms\nfin   FIN   13.8\n';
  const shown = 'info    amqp 127.0.0.1:50000 closed after 2.5 s\ncase sent   ms\nfin  FIN   1.0';
  t.is(differenceOf(printed, shown), undefined);
  t.is(differenceOf(printed, 'info …\n…\nfin  FIN   1.0'), undefined);
  t.is(differenceOf('[{"a":1,"ms":2}]', '[{"a":1,\n  "ms":3.5}]'), undefined);
  t.true(hasLines(printed, 'fin  FIN   1.0\ninfo amqp 127.0.0.1:50000 closed …'));
});

test('a line that is not printed, not shown or different is found', (t) => {
  t.is(differenceOf('a b\nc', 'a x\nc'), 'shows “a x”, but the command prints “a b”');
  t.is(differenceOf('a\nb\nc', 'a\nc'), 'shows “c”, but the command prints “b”');
  t.is(differenceOf('a\nb', 'a'), 'does not show “b”');
  t.is(differenceOf('a', 'a\nb'), 'shows “b”, but the command prints “”');
  t.is(differenceOf('AMQP 0 0 9 1', 'AMQP 3 1 0 0'), 'shows “AMQP 3 1 0 0”, but the command prints “AMQP 0 0 9 1”');
  t.is(differenceOf('x\na\ny', 'a', { partly: true }), undefined);
  t.false(hasLines('a\nb', 'a\nc'));
});
