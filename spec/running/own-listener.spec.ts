import { networkInterfaces } from 'node:os';
import test from 'ava';
import { ownListenerAt } from '../../lib/running/own-listener.js';

const at = (host: string, port = 5673) => ({ host, port });
const own = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .map(({ address }) => address);

test('an address that reaches one of the listeners is found', async (t) => {
  const loopback = [at('127.0.0.1')];
  t.is(await ownListenerAt(at('127.0.0.1'), loopback), loopback[0]);
  t.is(await ownListenerAt(at('localhost'), loopback), loopback[0]);
  t.is(await ownListenerAt(at('0.0.0.0'), loopback), loopback[0]);
  t.is(await ownListenerAt(at('::ffff:127.0.0.1'), loopback), loopback[0]);
  const everywhere = [at('::')];
  t.is(await ownListenerAt(at('127.0.0.2'), everywhere), everywhere[0]);
  for (const address of own) t.is(await ownListenerAt(at(address), everywhere), everywhere[0], address);
});

test('another port, another address and an unknown name reach no listener', async (t) => {
  const listeners = [at('127.0.0.1'), at('127.0.0.1', 0)];
  t.is(await ownListenerAt(at('127.0.0.1', 5672), listeners), undefined);
  t.is(await ownListenerAt(at('127.0.0.2'), listeners), undefined);
  t.is(await ownListenerAt(at('0.0.0.0'), [at('192.0.2.1')]), undefined);
  t.is(await ownListenerAt(at('192.0.2.1'), [at('0.0.0.0')]), undefined);
  t.is(await ownListenerAt(at('no-such-host.invalid'), [at('0.0.0.0')]), undefined);
});
