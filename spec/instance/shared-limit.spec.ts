import test from 'ava';
import { listening, makeInstance } from '../support/instance.js';
import { startUpstream } from '../support/upstream.js';
import { dialWire } from '../support/wire.js';

/** 64 for the process, 10 for the control API and 4 for two listeners leave 5: enough for two connections. */
const OPEN_FILES = 83;

test('all proxies share the descriptors, and a reload with a higher maxConnections does not exceed them', async (t) => {
  const upstream = await startUpstream(t);
  const text = (most: number) => `
upstream: 127.0.0.1:${upstream.port}
mode: observe
maxConnections: ${most}
control: off
proxies: [{name: a, listen: 127.0.0.1:0}, {name: b, listen: 127.0.0.1:0}]`;
  const { instance, config, reports, log } = makeInstance(t, text(1), { openFiles: OPEN_FILES });
  const { proxies } = await instance.start();
  const [a, b] = proxies.map(({ listen }) => listening(listen));
  t.truthy(a && b);
  if (!a || !b) return;
  t.notRegex(log.text, /open files/);
  for (const proxy of [a, b]) {
    await dialWire(t, proxy);
    await upstream.next();
  }
  await instance.reload(config(text(10)));
  t.regex(log.text, /warning at most 2 connections can be open at once, not 20 \(maxConnections\)/);
  for (const proxy of [a, b]) t.is(await (await dialWire(t, proxy)).how(), 'rst');
  const sentence =
    'The client was reset immediately because the process already had 2 connections, the most that its limit of 83 open files allows.';
  for (const report of await reports(2)) t.like(report.reason, { name: 'limit', sentence });
});
