import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { readReports } from './reported.js';

const line = (id: string, ...types: string[]) => `${JSON.stringify({ id, faults: types.map((type) => ({ type })) })}\n`;

test('reports are counted across rotated files; repeated and torn ones are noticed', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'rabbit-snare-spec-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const write = (name: string, text: string) => writeFileSync(join(directory, name), text);
  write('reports.jsonl', line('a-1', 'latency', 'latency') + line('a-2', 'latency', 'noop'));
  write('reports.jsonl.1', `${line('a-3')}${line('a-1')}{"id":"a-4","fau`);
  write('log.jsonl', line('a-5'));
  t.deepEqual(await readReports(directory), {
    connections: 3,
    repeated: 1,
    torn: 1,
    hits: new Map([
      ['latency', 2],
      ['noop', 1],
    ]),
  });
});
