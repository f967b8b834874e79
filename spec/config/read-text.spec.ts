import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { LARGEST_FILE, readConfigText, readText } from '../../lib/config/read-text.js';

const failing = (code: string) => (): never => {
  throw Object.assign(new Error(`${code}: something`), { code });
};

for (const [code, words] of [
  ['ENOENT', 'no such file or directory'],
  ['EISDIR', 'it is a directory'],
  ['EACCES', 'permission denied'],
  ['EIO', 'EIO'],
] as const) {
  test(`${code} is reported as "${words}"`, (t) => {
    t.throws(() => readConfigText('c.yaml', failing(code)), {
      code: 'ERR_CONFIG',
      message: `cannot read c.yaml: ${words}`,
    });
  });
}

test('text larger than 1 MiB is rejected, counted in bytes', (t) => {
  t.is(readConfigText('c.yaml', () => 'x'.repeat(LARGEST_FILE)).length, LARGEST_FILE);
  t.throws(() => readConfigText('c.yaml', () => 'é'.repeat(LARGEST_FILE / 2 + 1)), {
    message: 'c.yaml must not be larger than 1 MiB',
  });
});

test('a file is read up to one byte beyond the limit', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'rabbit-snare-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'c.yaml');
  writeFileSync(file, 'mode: observe # é\n');
  t.is(readText(file), 'mode: observe # é\n');
  writeFileSync(file, 'x'.repeat(2 * LARGEST_FILE));
  t.is(readText(file).length, LARGEST_FILE + 1);
  t.throws(() => readConfigText(directory, readText), { message: `cannot read ${directory}: it is a directory` });
});

test('a FIFO is read to its end, and one without a writer is reported', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'rabbit-snare-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const fifo = join(directory, 'fifo');
  execFileSync('mkfifo', [fifo]);
  t.throws(() => readConfigText(fifo, readText), {
    message: `cannot read ${fifo}: nothing was written to the pipe within 2 s`,
  });
  const writer = spawn('sh', ['-c', `printf 'mode: ' > "$0"; exec printf 'observe\\n' >> "$0"`, fifo]);
  const exited = once(writer, 'exit');
  t.regex(readText(fifo), /^mode: /);
  writer.kill();
  await exited;
});
