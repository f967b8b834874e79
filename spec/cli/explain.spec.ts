import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import { startProgram, temporaryDirectory } from '../support/program.js';

const PREFIX = '2026-06-03 08:00:05.000456+00:00 [error] <0.748.0>';
const ENDS = '10.0.0.7:50122 -> 10.0.0.2:5672';
const ENTRY = `${PREFIX} closing AMQP connection <0.748.0> (${ENDS}):\n${PREFIX} {bad_header,<<"GET / HT">>}\n`;

test.serial('explain ENTRY names the client, the cause and the fix', async (t) => {
  const program = startProgram(t, ['explain', ENTRY]);
  t.deepEqual(await program.ended, { code: 0, signal: null });
  t.is(program.stderr(), '');
  const [head = '', ...lines] = program.stdout().trimEnd().split('\n');
  t.regex(head, /error {2}10\.0\.0\.7:50122 -> 10\.0\.0\.2:5672/);
  t.deepEqual(
    lines.map((line) => line.trim().split(' ')[0]),
    ['what', 'peer', 'cause', 'worry', 'fix', 'more'],
  );
  t.regex(program.stdout(), /HTTP/);
});

test.serial('explain --json prints the entries with their explanations', async (t) => {
  const program = startProgram(t, ['explain', '--json', '{handshake_timeout,handshake}']);
  t.is((await program.ended).code, 0);
  const [only] = JSON.parse(program.stdout());
  t.like(only, { at: null, level: null, text: '{handshake_timeout,handshake}' });
  t.is(only.explanation.reason, 'handshake_timeout');
});

test.serial('explain says that it does not know an entry: exit code 1', async (t) => {
  const program = startProgram(t, ['explain', 'hello\u001b[31m world']);
  t.is((await program.ended).code, 1);
  t.regex(program.stdout(), /^No explanation: "hello.*world" is not /);
  t.false(program.stdout().includes('\u001b'));
});

test.serial('explain --file summarizes several logs, plain and compressed, whatever their names are', async (t) => {
  const folder = temporaryDirectory(t);
  const [plain, zipped, wide] = ['rabbit.log', 'rabbit.old', 'powershell.txt'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(plain, ENTRY);
  writeFileSync(zipped, gzipSync(ENTRY.repeat(2)));
  writeFileSync(wide, `\ufeff${ENTRY}`, 'utf16le');
  const program = startProgram(t, ['explain', '--file', plain, zipped, wide, '--json']);
  t.deepEqual(await program.ended, { code: 0, signal: null });
  t.is(program.stderr(), '');
  t.like(JSON.parse(program.stdout()).sources[0], { source: '10.0.0.7', count: 4 });
});

test.serial('explain - summarizes standard input as a table that fits 120 columns', (t) => {
  const input = `${ENTRY}something else\n`;
  for (const log of [input, gzipSync(input)]) {
    const { status, stdout } = spawnSync(process.execPath, ['dist/program/main.js', 'explain', '-'], { input: log });
    t.is(status, 0);
    const [, , , , titles = '', row = ''] = stdout.toString().split('\n');
    t.regex(titles, /^count {2}source +reason +every +worry +level +first +last$/);
    t.regex(row, /^ +1 {2}10\.0\.0\.7 .*error +08:00:05 +08:00:05$/);
    t.true(row.length <= 120);
    t.regex(stdout.toString(), /^1 line skipped: not written by RabbitMQ\.$/m);
  }
});

test.serial('gzip data that is cut off is read as far as it goes: exit code 1', async (t) => {
  const log = join(temporaryDirectory(t), 'rabbit.log.gz');
  const noise = Array.from({ length: 3000 }, (_, n) => `${PREFIX} noise ${Math.sin(n)}\n`).join('');
  const whole = gzipSync(ENTRY.repeat(3) + noise);
  writeFileSync(log, whole.subarray(0, whole.length - 100));
  const program = startProgram(t, ['explain', '--file', log, '--json']);
  t.is((await program.ended).code, 1);
  t.regex(program.stderr(), /^rabbit-snare: ".*rabbit\.log\.gz" is cut off: its gzip data ends too early\n$/);
  t.like(JSON.parse(program.stdout()).sources[0], { count: 3 });
});

test.serial('wrong usage is exit code 2 with one line', async (t) => {
  const folder = temporaryDirectory(t);
  const write = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  for (const [args, says] of [
    [[], /entry of RabbitMQ's log in quotes, --file FILE, or -/],
    [['x', '--file', 'y'], /entry of RabbitMQ's log in quotes, --file FILE, or -/],
    [['README.md'], /"README\.md" is a file: .*--file README\.md/],
    [['--file', 'no/such.log'], /no\/such\.log.*no such file/],
    [['--file', folder], /directory/],
    [['--file', write('a.zst', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0))], /compressed with zstd/],
    [['--file', write('b.gz', Uint8Array.of(0x1f, 0x8b, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9))], /cannot decompress/],
    [['--top', '0', '-'], /--top must be a whole number from 1 to 10000, not "0"/],
  ] as const) {
    const program = startProgram(t, ['explain', ...args]);
    t.is((await program.ended).code, 2, program.stderr());
    t.is(program.stdout(), '');
    t.regex(program.stderr(), /^rabbit-snare: [^\n]*\n$/);
    t.regex(program.stderr(), says);
  }
});
