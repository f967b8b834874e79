import test from 'ava';
import { startControl } from '../../support/control.js';
import { listening } from '../../support/instance.js';
import { dialWire } from '../../support/wire.js';
import { within } from '../../support/within.js';

// No connection may end because a busy machine is slow.
const CONFIG = 'listen: 127.0.0.1:0\nupstream: stand-in\nhandshakeTimeout: 10m';

type Event = { readonly id: string; readonly event: string; readonly data: Record<string, unknown> };

/** Yields events as they arrive. */
async function* follow(url: string, lastEventId?: string): AsyncGenerator<Event> {
  const headers = lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId };
  const { body } = await fetch(`${url}/events`, { headers });
  let text = '';
  for await (const octets of body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(octets).toString();
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)));
      if (fields.event) yield { id: fields.id, event: fields.event, data: JSON.parse(fields.data) };
    }
  }
}

test('faults, proxies and reports are sent as they happen, and again to a client that reconnects', async (t) => {
  const { url, call, instance } = await startControl(t, CONFIG);
  const events = follow(url);
  const next = async (from = events): Promise<Event> => (await within(from.next(), 'an event')).value;
  const first = next();
  // The stream is established once something has arrived.
  while (instance.followers === 0) await new Promise((resolve) => setImmediate(resolve));
  await call('POST', '/faults', { type: 'amqp_reset', attributes: { at: 'header', octets: 1 } });
  t.like(await first, { event: 'fault', data: { action: 'added', id: 'amqp/amqp_reset_downstream' } });
  const wire = await dialWire(t, listening(instance.proxies.all[0]?.listen));
  await wire.send('AMQP');
  const acted = await next();
  t.like(acted, { event: 'fault', data: { action: 'acted', id: 'amqp/amqp_reset_downstream', at: 'header' } });
  const report = await next();
  t.like(report, { event: 'report', data: { decision: 'fault' } });
  await call('POST', '/proxies', { name: 'other', upstream: 'stand-in' });
  t.like(await next(), { event: 'proxy', data: { action: 'created', proxy: { name: 'other' } } });
  await events.return(undefined);
  const again = follow(url, acted.id);
  t.is((await next(again)).id, report.id);
  t.like(await next(again), { event: 'proxy' });
  await again.return(undefined);
});

test('the start and the end of a scenario are sent', async (t) => {
  const { url, call, instance } = await startControl(t, CONFIG);
  const events = follow(url);
  const next = async (): Promise<Event> => (await within(events.next(), 'an event')).value;
  const first = next();
  while (instance.followers === 0) await new Promise((resolve) => setImmediate(resolve));
  await call('POST', '/scenarios?name=brief', { steps: [{ type: 'noop' }] });
  t.like(await first, { event: 'fault', data: { action: 'added', enabled: true, scenario: 'scenario-1' } });
  const scenario = { id: 'scenario-1', name: 'brief' };
  t.like(await next(), { event: 'scenario', data: { ...scenario, action: 'started' } });
  await call('DELETE', '/scenarios/scenario-1');
  t.like(await next(), { event: 'fault', data: { action: 'removed' } });
  t.like(await next(), {
    event: 'scenario',
    data: { ...scenario, action: 'ended', because: 'stopped', problem: null },
  });
  await events.return(undefined);
});
