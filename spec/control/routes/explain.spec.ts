import test from 'ava';
import { startControl } from '../../support/control.js';

const ENDS = '10.0.0.7:50122 -> 10.0.0.2:5672';
const PREFIX = '2026-06-03 08:00:05.000456+00:00 [error] <0.748.0>';
const ENTRY = `${PREFIX} closing AMQP connection <0.748.0> (${ENDS}):\n${PREFIX} {bad_header,<<"GET / HT">>}\n`;

test('POST /explain explains entries, and summarizes a log', async (t) => {
  const { call } = await startControl(t);
  const explained = await call('POST', '/explain', { line: ENTRY });
  t.is(explained.status, 200);
  t.like(explained.body[0], { level: 'error', at: '2026-06-03T08:00:05.000Z' });
  t.like(explained.body[0].explanation, { reason: 'bad_header', client: '10.0.0.7:50122' });
  const log = await call('POST', '/explain', { text: ENTRY.repeat(3), top: 1 });
  t.like(log.body, { lines: 6, entries: 3, from: '2026-06-03T08:00:05.000Z' });
  t.like(log.body.sources[0], { source: '10.0.0.7', count: 3, periods: [] });
});

test('an entry that is not about a connection has no explanation', async (t) => {
  const { call } = await startControl(t);
  t.deepEqual((await call('POST', '/explain', { line: 'hello' })).body, [
    { at: null, level: null, text: 'hello', explanation: null },
  ]);
});

test('an invalid request is rejected with the reason', async (t) => {
  const { call } = await startControl(t);
  for (const [body, error] of [
    [{}, /either line or text/],
    [{ line: 'a', text: 'b' }, /either line or text/],
    [{ text: 'a', top: 0 }, /top: /],
    [{ line: 'x'.repeat(70_000) }, /line: /],
    [{ line: 1 }, /line: /],
  ] as const) {
    const wrong = await call('POST', '/explain', body);
    t.is(wrong.status, 400);
    t.regex(wrong.body.error, error);
  }
});

test('other work goes on while a log of 1 MB is read', async (t) => {
  const { call } = await startControl(t);
  let turns = 0;
  let isDone = false;
  const count = () => {
    turns += 1;
    if (!isDone) setImmediate(count);
  };
  const answer = call('POST', '/explain', { text: ENTRY.repeat(5000) });
  count();
  t.is((await answer).body.entries, 5000);
  isDone = true;
  t.true(turns > 10, `${turns} turns of the event loop`);
});
