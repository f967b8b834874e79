import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { removeReadyFile, writeReadyFile } from '../../lib/instance/ready-file.js';
import { temporaryDirectory } from '../support/program.js';

const ready = {
  pid: 42,
  proxies: [{ name: 'amqp', listen: '127.0.0.1:5673', upstream: '127.0.0.1:5672' }],
  control: 'http://127.0.0.1:8474',
};

test('the ready file is written atomically, replaces an older one, and leaves no other file', (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'ready.json');
  writeReadyFile(path, { ...ready, control: null });
  writeReadyFile(path, ready);
  t.deepEqual(JSON.parse(readFileSync(path, 'utf8')), ready);
  t.deepEqual(readdirSync(directory), ['ready.json']);
  removeReadyFile(path);
  t.false(existsSync(path));
  t.notThrows(() => removeReadyFile(path));
});

test('the temporary file has a name that cannot be predicted, and is removed when it cannot replace the ready file', (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'ready.json');
  mkdirSync(join(path, 'inside'), { recursive: true });
  t.throws(() => writeReadyFile(path, ready));
  t.deepEqual(readdirSync(directory), ['ready.json']);
});
