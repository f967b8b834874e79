import test from 'ava';
import { EventStream } from '../../lib/control/event-stream.js';
import { History } from '../../lib/report/history.js';
import { ManualClock } from '../support/manual-clock.js';
import { reportWith } from '../support/report.js';
import { within } from '../support/within.js';

const GREETING = ': events of rabbit-snare\nretry: 1000\n\n';
/** The first block for a client without an id: the current position. */
const greeting = (count: number): string => `: events of rabbit-snare\nretry: 1000\nid: run-${count}\n\n`;
const event = (number: number, data = String(number)): string => `id: run-${number}\nevent: report\ndata: ${data}\n\n`;

const streamOf = ({ history = 10, mostClients = 2, published = 0, clock = new ManualClock() } = {}): EventStream => {
  const events = new EventStream({ history, reports: new History(history), mostClients, clock, run: 'run' });
  for (let number = 1; number <= published; number++) events.publish('report', number);
  return events;
};

type Reader = ReadableStreamDefaultReader<Uint8Array>;
const readerOf = (events: EventStream, lastEventId: string | null = null): Reader => {
  const stream = events.subscribe(lastEventId);
  if (stream === null) throw new Error('the client was rejected');
  return stream.getReader();
};
/** Returns the result of the next read; null at the end. */
const read = async (reader: Reader): Promise<string | null> => {
  const { value } = await within(reader.read(), 'something to read');
  return value === undefined ? null : new TextDecoder().decode(value);
};

test('a client receives a comment at once, and then each event', async (t) => {
  const events = streamOf({ published: 2 });
  const reader = readerOf(events);
  t.is(await read(reader), greeting(2));
  const next = read(reader);
  events.publish('report', { text: 'two\nlines' });
  t.is(await next, event(3, '{"text":"two\\nlines"}'));
  events.publish('report', 4);
  events.publish('state', 5);
  t.is(await read(reader), `${event(4)}id: run-5\nevent: state\ndata: 5\n\n`);
});

for (const [lastEventId, history, missed] of [
  ['run-3', 10, ''],
  ['run-1', 10, event(2) + event(3)],
  ['run-0', 10, event(1) + event(2) + event(3)],
  ['run-1', 2, event(2) + event(3)],
] as const) {
  test(`a client that reconnects with ${lastEventId} receives what it missed, with a history of ${history}`, async (t) => {
    const events = streamOf({ history, published: 3 });
    t.is(await read(readerOf(events, lastEventId)), GREETING + missed);
  });
}

test('a client that reconnects receives reports and other events in the order in which they were published', async (t) => {
  const reports = new History(4);
  const events = new EventStream({ history: 4, reports, mostClients: 1, clock: new ManualClock(), run: 'run' });
  const report = (data: number): void => {
    reports.add(reportWith(), String(data));
    events.publishReport(String(data));
  };
  report(1);
  report(2);
  events.publish('state', 3);
  report(4);
  report(5);
  const reader = readerOf(events, 'run-1');
  report(6);
  const state = 'id: run-3\nevent: state\ndata: 3\n\n';
  t.is(await read(reader), GREETING + event(2) + state + event(4) + event(5));
  t.is(await read(reader), event(6));
});

test('a slow client receives the reports that it missed after they have left the history', async (t) => {
  const reports = new History(3);
  const events = new EventStream({ history: 3, reports, mostClients: 1, clock: new ManualClock(), run: 'run' });
  const long = (data: number): string => `"${String(data).repeat(30_000)}"`;
  const report = (data: number): void => {
    reports.add(reportWith(), long(data));
    events.publishReport(long(data));
  };
  for (const data of [1, 2, 3]) report(data);
  const reader = readerOf(events, 'run-0');
  let seen = (await read(reader)) ?? '';
  for (let data = 4; data <= 9; data++) report(data);
  while (!seen.includes('id: run-9')) seen += await read(reader);
  t.is(seen, GREETING + Array.from({ length: 9 }, (_, nth) => event(nth + 1, long(nth + 1))).join(''));
});

for (const [lastEventId, history, before] of [
  ['run-0', 2, 1],
  ['run-4', 10, 0],
  ['other-1', 10, 0],
  ['run-01', 10, 0],
  ['run--1', 10, 0],
  ['run-', 10, 0],
  ['run-1.5', 10, 0],
  ['nonsense', 10, 0],
  ['', 10, 0],
] as const) {
  test(`${JSON.stringify(lastEventId)} with a history of ${history} yields lost, and then all kept events`, async (t) => {
    const events = streamOf({ history, published: 3 });
    const kept = [1, 2, 3].filter((number) => number > before).map((number) => event(number));
    const lost = `id: run-${before}\nevent: lost\ndata: ${JSON.stringify({ lastEventId })}\n\n`;
    t.is(await read(readerOf(events, lastEventId)), GREETING + lost + kept.join(''));
    t.is(await read(readerOf(events, `run-${before}`)), GREETING + kept.join(''));
  });
}

test('two runs have different ids', async (t) => {
  const [one, two] = [0, 1].map(() => new EventStream({ history: 1, reports: new History(1), mostClients: 1 }));
  const ids = await Promise.all(
    [one, two].map(async (events) => {
      events?.publish('report', 1);
      return /id: (\S+)-1\nevent: report/.exec((await read(readerOf(events as EventStream, ''))) ?? '')?.[1];
    }),
  );
  t.regex(ids[0] as string, /^[0-9a-f]{8}$/);
  t.not(ids[0], ids[1]);
  one?.close();
  two?.close();
});

test('events longer than a chunk arrive in several chunks without loss', async (t) => {
  const events = new EventStream({
    history: 10,
    reports: new History(10),
    mostClients: 1,
    clock: new ManualClock(),
    run: 'run',
  });
  const data = 'x'.repeat(40_000);
  for (let number = 1; number <= 5; number++) events.publish('report', data);
  const reader = readerOf(events, 'run-0');
  events.publish('report', 'last');
  let text = '';
  while (!text.endsWith('"last"\n\n')) text += await read(reader);
  t.is(text, GREETING + [1, 2, 3, 4, 5].map((n) => event(n, `"${data}"`)).join('') + event(6, '"last"'));
});

test('clients above the maximum are rejected until one leaves', async (t) => {
  const events = streamOf({ mostClients: 1 });
  const reader = readerOf(events);
  t.is(events.clients, 1);
  t.is(events.subscribe(null), null);
  await reader.cancel();
  t.is(events.clients, 0);
  t.not(events.subscribe(null), null);
});

test('a client with more than 1 MiB queued is cut off and can reconnect; other clients are not affected', async (t) => {
  const events = streamOf();
  const [slow, quick] = [readerOf(events), readerOf(events)];
  await read(quick);
  await read(slow);
  const half = 'x'.repeat(512 * 1024);
  for (let number = 1; number <= 3; number++) {
    events.publish('report', half);
    t.is(await read(quick), event(number, `"${half}"`));
    t.is(events.clients, number < 2 ? 2 : 1);
  }
  t.is(await read(slow), null);
  const back = readerOf(events, 'run-0');
  t.true((await read(back))?.startsWith(GREETING + event(1, `"${half}"`)));
});

test('clients that are cut off are counted, with the reports that they had not read', async (t) => {
  const reports = new History(4);
  const events = new EventStream({ history: 4, reports, mostClients: 2, clock: new ManualClock(), run: 'run' });
  const line = JSON.stringify('x'.repeat(400 * 1024));
  const report = (): void => {
    reports.add(reportWith(), line);
    events.publishReport(line);
  };
  report();
  const [slow, resuming] = [readerOf(events), readerOf(events, 'run-0')];
  await read(slow);
  t.deepEqual(events.state, { clients: 2, cutOff: 0, reportsDropped: 0 });
  report();
  events.publish('fault', 'no report');
  report();
  t.deepEqual(events.state, { clients: 2, cutOff: 0, reportsDropped: 0 });
  report();
  t.deepEqual(
    events.state,
    { clients: 0, cutOff: 2, reportsDropped: 3 + 4 },
    'the second had not read the first report either',
  );
  await resuming.cancel();
  await readerOf(events).cancel();
  t.deepEqual(events.state, { clients: 0, cutOff: 2, reportsDropped: 7 }, 'a client that leaves loses nothing');
});

test('missed events may exceed the limit of the queue', async (t) => {
  const events = streamOf({ history: 4 });
  const half = 'x'.repeat(512 * 1024);
  for (let number = 1; number <= 4; number++) events.publish('report', half);
  const reader = readerOf(events, 'run-0');
  events.publish('report', 5);
  let text = '';
  while (!text.endsWith(event(5))) text += await read(reader);
  t.is(text.length, GREETING.length + 4 * event(1, `"${half}"`).length + event(5).length);
});

test('an event is encoded once, and only if a client reads it', async (t) => {
  let written = 0;
  const data = {
    toJSON: () => {
      written += 1;
      return 'told';
    },
  };
  const events = streamOf();
  events.publish('report', data);
  t.is(written, 0);
  const readers = [readerOf(events, 'run-0'), readerOf(events, 'run-0')];
  t.is(written, 0);
  for (const reader of readers) t.is(await read(reader), GREETING + event(1, '"told"'));
  t.is(written, 1);
});

test('an idle client receives a comment every 15 s', async (t) => {
  const clock = new ManualClock();
  const events = streamOf({ clock });
  t.is(clock.timers, 0);
  const reader = readerOf(events);
  await read(reader);
  for (let beats = 0; beats < 2; beats++) {
    const beat = read(reader);
    await Promise.resolve();
    clock.advance(15_000);
    t.is(await beat, ':\n\n');
  }
  events.publish('report', 1);
  clock.advance(15_000);
  t.is(await read(reader), event(1));
  await reader.cancel();
  t.is(clock.timers, 0);
});

test('closing ends the streams after the queued events and rejects new clients', async (t) => {
  const clock = new ManualClock();
  const events = streamOf({ clock });
  const [idle, behind] = [readerOf(events), readerOf(events)];
  await read(idle);
  const end = read(idle);
  await Promise.resolve();
  events.close();
  t.is(await end, null);
  t.is(await read(behind), greeting(0));
  t.is(await read(behind), null);
  t.is(events.clients, 0);
  t.is(events.subscribe(null), null);
  t.is(clock.timers, 0);
  t.notThrows(() => {
    events.publish('report', 1);
    events.close();
  });
});
