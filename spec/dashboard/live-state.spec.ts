import test from 'ava';
import { RequestError } from '../../lib/dashboard/control.js';
import { MOST_REPORTS } from '../../lib/dashboard/live.js';
import { FakeApi, settled } from './fake-api.js';

/** How often new reports are shown and the overview is asked for, in ms. */
const [FLUSH, POLL] = [250, 1000] as const;

test('reports from before and new ones are shown, each once', async (t) => {
  const api = new FakeApi();
  api.answers['/reports'] = [{ id: '3' }, { id: '2' }, { id: '1' }];
  await api.start();
  t.deepEqual(
    api.live.state.reports.map(({ id }) => id),
    ['1', '2', '3'],
  );
  // The stream was open before the history was read.
  api.stream.send('r-1', 'report', { id: '2' });
  api.stream.send('r-2', 'report', { id: '3' });
  api.stream.send('r-3', 'report', { id: '4' });
  await settled();
  api.clock.advance(FLUSH);
  const { reports, received } = await api.until((state) => state.received === 3);
  t.deepEqual(
    reports.map(({ id }) => id),
    ['1', '2', '3', '4'],
  );
  t.is(received, 3);
});

test('reports are shown a few times a second, however many come', async (t) => {
  const api = new FakeApi();
  await api.start();
  let draws = 0;
  api.live.subscribe(() => {
    draws += 1;
  });
  for (let n = 1; n <= 3 * MOST_REPORTS; n++) api.stream.send(`r-${n}`, 'report', { id: String(n) });
  await settled();
  t.is(draws, 0);
  api.clock.advance(FLUSH);
  const { reports } = await api.until(({ received }) => received === 3 * MOST_REPORTS);
  t.is(draws, 1);
  t.is(reports.length, MOST_REPORTS);
  t.is(reports.at(-1)?.id, String(3 * MOST_REPORTS));
});

test('a new connection goes on after the last event of the one before', async (t) => {
  const api = new FakeApi();
  await api.start();
  t.is(api.asked('/events')[0]?.headers.get('Last-Event-ID'), null);
  api.stream.send('r-7', 'report', { id: '1' });
  await settled();
  api.stream.fail();
  const { problem } = await api.until(({ link }) => link === 'lost');
  t.is(problem, 'the connection was lost');
  api.clock.advance(POLL);
  await api.until(({ link }) => link === 'live');
  t.is(api.asked('/events')[1]?.headers.get('Last-Event-ID'), 'r-7');
  t.is(api.asked('/reports').length, 1, 'the history is read once');
});

test('what is missing is said: how many at most, and since when', async (t) => {
  const api = new FakeApi();
  await api.start();
  const from = api.clock.wall();
  api.stream.send('r-7');
  await settled();
  api.stream.end();
  await api.until(({ link }) => link === 'lost');
  api.clock.advance(POLL);
  await api.until(({ link }) => link === 'live');
  api.stream.send('r-107', 'lost', { lastEventId: 'r-7' });
  const { gap, gaps } = await api.until((state) => state.gap !== null);
  t.deepEqual(gap, { from, until: from + POLL, isRestart: false, most: 100 });
  t.is(gaps, 1);
  api.live.dismissGap();
  t.is(api.live.state.gap, null);
  t.is(api.live.state.gaps, 1);
});

test('after a restart it is not known how much is missing', async (t) => {
  const api = new FakeApi();
  await api.start();
  api.stream.send('old-7');
  api.stream.send('new-0', 'lost', { lastEventId: 'old-7' });
  const { gap } = await api.until((state) => state.gap !== null);
  t.like(gap, { isRestart: true, most: null });
});

test('a connection that is silent for longer than two heartbeats is given up', async (t) => {
  const api = new FakeApi();
  await api.start();
  for (let second = 0; second < 35; second++) {
    api.clock.advance(POLL);
    await settled();
  }
  t.is(api.live.state.link, 'live');
  for (let second = 0; second < 15; second++) {
    api.clock.advance(POLL);
    await settled();
  }
  t.true(api.asked('/events').length > 1);
  t.is(api.live.state.link, 'live');
});

test('the next overview is asked for one second after the last answer', async (t) => {
  const api = new FakeApi();
  await api.start();
  t.is(api.asked('/overview').length, 1);
  api.clock.advance(POLL - 1);
  await settled();
  t.is(api.asked('/overview').length, 1);
  api.clock.advance(1);
  await settled();
  t.is(api.asked('/overview').length, 2);
});

test('a page that nobody can see asks for nothing and draws nothing, but receives reports', async (t) => {
  const api = new FakeApi();
  await api.start();
  api.live.setHidden(true);
  let draws = 0;
  api.live.subscribe(() => {
    draws += 1;
  });
  const asked = api.requests.length;
  for (let n = 1; n <= 10 * MOST_REPORTS; n++) api.stream.send(`r-${n}`, 'report', { id: String(n) });
  for (let second = 0; second < 60; second++) {
    api.clock.advance(POLL);
    // Heartbeats keep the connection.
    api.stream.send(`r-${10 * MOST_REPORTS}`);
    await settled();
  }
  t.is(api.requests.length, asked);
  t.is(draws, 0);
  api.live.setHidden(false);
  t.is(api.live.state.received, 10 * MOST_REPORTS);
  t.is(api.live.state.reports.length, MOST_REPORTS);
  t.is(api.asked('/overview').length, 2);
});

test('rates are between overviews of the last seconds, and of one run', async (t) => {
  const api = new FakeApi();
  await api.start();
  t.is(api.live.state.before, null);
  const span = (): number | null => {
    const { before, overview } = api.live.state;
    return before === null ? null : Date.parse(overview?.at ?? '') - Date.parse(before.at);
  };
  const spans: (number | null)[] = [];
  for (let second = 0; second < 8; second++) {
    api.clock.advance(POLL);
    await settled();
    spans.push(span());
  }
  t.deepEqual(
    spans,
    [1, 2, 3, 4, 5, 5, 5, 5].map((seconds) => seconds * 1000),
  );
  api.answers['/overview'] = () => api.overview('2026-11-24T00:00:00.000Z');
  api.clock.advance(POLL);
  await settled();
  t.is(api.live.state.before, null);
});

test('an answer that was overtaken is not shown', async (t) => {
  const api = new FakeApi();
  await api.start();
  let release = (_faults: unknown): void => {};
  api.answers['/faults'] = () =>
    new Promise((resolve) => {
      release = resolve;
    });
  const slow = api.live.refresh();
  await settled();
  api.answers['/faults'] = [{ id: 'new', enabled: true }];
  await api.live.refresh();
  release([{ id: 'old', enabled: true }]);
  await slow;
  t.deepEqual(
    api.live.state.faults.map(({ id }) => id),
    ['new'],
  );
});

test('the token is asked for, a wrong one is rejected, and the right one is enough', async (t) => {
  const api = new FakeApi();
  api.token = 'right';
  api.live.start();
  await api.until(({ link }) => link === 'token');
  const asked = api.requests.length;
  api.clock.advance(POLL);
  await settled();
  t.is(api.requests.length, asked, 'nothing is asked without a token');
  await t.throwsAsync(api.live.login('wrong'), { instanceOf: RequestError, message: 'the token is missing or wrong' });
  t.is(api.live.state.link, 'token');
  await api.live.login('right');
  t.not(api.live.state.overview, null);
  api.clock.advance(POLL);
  await api.until(({ link }) => link === 'live');
});

for (const [what, answer, problem] of [
  ['no answer', new TypeError('Failed to fetch'), 'rabbit-snare does not answer'],
  ['an error', Response.json({ error: 'out of memory' }, { status: 500 }), 'out of memory'],
  ['an error without JSON', new Response('Bad gateway', { status: 502 }), 'Bad gateway'],
  ['something that is not JSON', new Response('<html>'), 'the answer is not from rabbit-snare'],
] as const) {
  test(`${what} to a request is said, and mended by the next answer`, async (t) => {
    const api = new FakeApi();
    await api.start();
    api.answers['/scenarios'] = answer;
    api.clock.advance(POLL);
    t.is((await api.until(({ link }) => link === 'lost')).problem, problem);
    api.answers['/scenarios'] = [];
    api.clock.advance(POLL);
    t.is((await api.until(({ link }) => link === 'live')).problem, null);
  });
}

test('rates are shown although the event stream is refused', async (t) => {
  const api = new FakeApi();
  api.answers['/events'] = () => Response.json({ error: 'too many clients' }, { status: 503 });
  api.live.start();
  const { problem, overview } = await api.until((state) => state.link === 'lost' && state.overview !== null);
  t.is(problem, 'too many clients');
  t.not(overview, null);
});

test('timers do not add up', async (t) => {
  const api = new FakeApi();
  await api.start();
  const before = api.clock.timers;
  for (let round = 0; round < 50; round++) {
    api.stream.send(`r-${round}`, 'report', { id: String(round) });
    await settled();
    api.stream.end();
    await api.until(({ link }) => link === 'lost');
    api.clock.advance(POLL);
    await api.until(({ link }) => link === 'live');
  }
  t.true(api.clock.timers <= before + 1, `${api.clock.timers} timers, ${before} at first`);
});
