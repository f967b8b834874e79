import test from 'ava';
import { listening, makeInstance } from '../support/instance.js';
import { HEADER } from '../support/relayed.js';
import { dialWire } from '../support/wire.js';

const CONFIG = 'listen: 127.0.0.1:0\nupstream: stand-in\n';

test('a reload applies healthChecks to the next connection, and keeps open ones', async (t) => {
  const { instance, config } = makeInstance(t, CONFIG);
  const { proxies } = await instance.start();
  const proxy = listening(proxies[0]?.listen);
  const open = await dialWire(t, proxy);
  await open.send(HEADER);
  const { length } = await open.octets(80);
  await instance.reload(config(`${CONFIG}healthChecks: [{sources: [127.0.0.1], answer: fail}]`));
  t.is(await (await dialWire(t, proxy)).how(), 'rst');
  await instance.reload(config(`${CONFIG}healthChecks: forward`));
  const after = await dialWire(t, proxy);
  await after.send(HEADER);
  t.is((await after.octets(length)).length, length);
  t.is(instance.connections, 2);
});
