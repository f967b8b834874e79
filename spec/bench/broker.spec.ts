import test from 'ava';
import type { Result } from './result.js';
import { runBench } from './run-bench.js';

test('--broker measures handshakes and confirms of a real broker, directly and through the proxy', async (t) => {
  t.timeout(300_000);
  const { code, stdout, stderr } = await runBench([
    ...['--broker', '--rounds', '1', '--seconds', '0.1', '--proxies', 'rabbit-snare', '--json'],
  ]);
  t.is(code, 0, stderr);
  const { columns, notes, sections } = JSON.parse(stdout) as Result;
  t.deepEqual(columns, ['direct', 'rabbit-snare']);
  t.true(notes.some((note) => /^RabbitMQ \d+\.\d+\.\d+\.$/.test(note)));
  const series = sections.flatMap((section) => section.series);
  const figures = series.map(({ title, proxy }) => `${proxy}: ${title}`);
  for (const title of ['handshakes/s', 'publisher confirms/s']) {
    t.true(figures.includes(`direct: ${title}`));
    t.true(figures.includes(`rabbit-snare: ${title}, of direct`));
  }
  t.true(series.every(({ values }) => values.length === 1 && values.every((value) => value > 0)));
});
