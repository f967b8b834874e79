import test from 'ava';
import { Control } from '../../lib/client/control.js';
import { followEvents } from '../../lib/client/follow-events.js';
import { fakeControl } from '../support/fake-control.js';

const HEAD = { 'Content-Type': 'text/event-stream' };

test('a client that is cut off reconnects and resumes after the last event', async (t) => {
  const asked: (string | undefined)[] = [];
  const url = await fakeControl(t, (request, response) => {
    const last = request.headers['last-event-id'];
    asked.push(Array.isArray(last) ? last.join() : last);
    response.writeHead(200, HEAD);
    const id = `a-${asked.length}`;
    response.write(`: hello\nretry: 1000\n\nid: ${id}\nevent: learned\ndata: {"n":${asked.length}}\n\n`, () =>
      response.destroy(),
    );
  });
  const events = followEvents(new Control({ url }));
  t.deepEqual((await events.next()).value, { id: 'a-1', type: 'learned', data: { n: 1 } });
  t.deepEqual((await events.next()).value, { id: 'a-2', type: 'learned', data: { n: 2 } });
  t.deepEqual(asked, [undefined, 'a-1']);
  await events.return(undefined);
});

test('a client that is cut off before the first event misses none', async (t) => {
  const asked: unknown[] = [];
  const url = await fakeControl(t, (request, response) => {
    asked.push(request.headers['last-event-id']);
    response.writeHead(200, HEAD);
    if (asked.length === 1) response.write(': hello\nretry: 1000\nid: a-7\n\n', () => response.destroy());
    else response.write('id: a-8\nevent: fault\ndata: {}\n\n');
  });
  const events = followEvents(new Control({ url }));
  t.deepEqual((await events.next()).value, { id: 'a-8', type: 'fault', data: {} });
  t.deepEqual(asked, [undefined, 'a-7']);
  await events.return(undefined);
});

test('an event can arrive in pieces', async (t) => {
  const url = await fakeControl(t, (_, response) => {
    response.writeHead(200, HEAD);
    const octets = Buffer.from('id: a-1\nevent: fault\ndata: {"text":"é"}\n\n');
    const write = (at: number): void => {
      if (at < octets.length) response.write(octets.subarray(at, at + 1), () => setImmediate(write, at + 1));
    };
    write(0);
  });
  const events = followEvents(new Control({ url }));
  t.deepEqual((await events.next()).value, { id: 'a-1', type: 'fault', data: { text: 'é' } });
  await events.return(undefined);
});

test('a response that is not an event stream is not retried', async (t) => {
  const url = await fakeControl(t, (_, response) => void response.end('<html></html>'));
  await t.throwsAsync(followEvents(new Control({ url })).next(), { message: /is not a control API of rabbit-snare$/ });
});
