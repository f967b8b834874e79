import test from 'ava';
import { runToEnd } from '../support/run-to-end.js';

const PROGRAM = `
  const { createSnare } = await import(${JSON.stringify(new URL('../../lib/index.js', import.meta.url).href)});
  for (const name of ['first', 'second']) {
    const snare = await createSnare();
    await snare.close();
    console.error(name, 'is closed');
  }
`;

// Not in this process: ava keeps it alive, and has replaced its standard error.
test('a program can close several snares, one after the other, and write to standard error after each', async (t) => {
  const { code, stderr } = await runToEnd(process.execPath, ['--input-type=module', '--eval', PROGRAM]);
  t.is(stderr, 'first is closed\nsecond is closed\n');
  t.is(code, 0);
});
