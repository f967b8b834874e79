import test, { type ExecutionContext } from 'ava';
import { freePort } from '../support/free-port.js';
import { makeInstance } from '../support/instance.js';
import { HEADER } from '../support/relayed.js';
import { startServer } from '../support/server.js';
import { dialWire } from '../support/wire.js';

/** A running instance with proxies `a`, `b` … on the ports with these indexes. The last port is a foreign program's. */
async function start(t: ExecutionContext, before: Readonly<Record<string, string>>) {
  const foreign = await startServer(t, () => {});
  const ports = [await freePort(), await freePort(), await freePort(), foreign.port];
  const text = (rows: Readonly<Record<string, string>>): string => {
    const proxies = Object.entries(rows).map(([name, listen]) => {
      const address = listen.replace(/\d$/, (at) => String(ports[Number(at)]));
      return `{name: ${name}, listen: '${address}', upstream: stand-in}`;
    });
    return `control: off\nproxies: [${proxies.join(', ')}]`;
  };
  const { instance, config } = makeInstance(t, text(before));
  await instance.start();
  const reload = (rows: Readonly<Record<string, string>>) => instance.reload(config(text(rows)));
  const connect = async (at: number) => {
    const wire = await dialWire(t, { host: '127.0.0.1', port: ports[at] as number });
    await wire.send(HEADER.subarray(0, 4));
    return wire;
  };
  /** The rest of the header reaches a proxy, and its stand-in answers. */
  const answers = async (wire: Awaited<ReturnType<typeof connect>>): Promise<void> => {
    await wire.send(HEADER.subarray(4));
    t.is((await wire.octets(1))[0], 1);
  };
  const listens = () =>
    Object.fromEntries(
      instance.proxies.states.map(({ name, listen }) => [name, ports.indexOf(Number(listen.split(':').at(-1)))]),
    );
  return { instance, config, ports, reload, connect, answers, listens };
}

const BEFORE = { a: '127.0.0.1:0', b: '127.0.0.1:1' };

for (const [what, after] of [
  ['a shift', { a: '127.0.0.1:0', other: '127.0.0.1:1', b: '127.0.0.1:2' }],
  ['a swap', { a: '127.0.0.1:1', b: '127.0.0.1:0' }],
  ['a rotation with a new proxy', { a: '127.0.0.1:1', b: '127.0.0.1:2', c: '127.0.0.1:0' }],
  ['a swap onto wildcard addresses', { a: '0.0.0.0:1', b: '0.0.0.0:0' }],
  ['a wildcard in place of loopback', { a: '0.0.0.0:0', b: '127.0.0.1:1' }],
  ['another name for a port', { renamed: '127.0.0.1:0', b: '127.0.0.1:1' }],
] as const) {
  test(`a reload carries out ${what}, and open connections stay`, async (t) => {
    const { reload, connect, answers, listens } = await start(t, BEFORE);
    const wires = [await connect(0), await connect(1)];
    await reload(after);
    for (const wire of wires) await answers(wire);
    t.deepEqual(
      listens(),
      Object.fromEntries(Object.entries(after).map(([name, listen]) => [name, Number(listen.at(-1))])),
    );
    for (const listen of Object.values(after)) await answers(await connect(Number(listen.at(-1))));
  });
}

for (const [what, after] of [
  ['swap', { a: '127.0.0.1:1', b: '127.0.0.1:3' }],
  ['shift', { other: '127.0.0.1:1', b: '127.0.0.1:3', a: '127.0.0.1:0' }],
  ['wildcard', { a: '0.0.0.0:1', b: '0.0.0.0:3' }],
] as const) {
  test(`a reload with a ${what} onto the port of another program changes nothing`, async (t) => {
    const { reload, connect, answers, listens, ports } = await start(t, BEFORE);
    const wires = [await connect(0), await connect(1)];
    await t.throwsAsync(reload(after), {
      code: 'ERR_START',
      message: new RegExp(`^proxy b cannot listen on .*:${ports[3]}: the address is in use by another program`),
    });
    for (const wire of wires) await answers(wire);
    t.deepEqual(listens(), { a: 0, b: 1 });
    for (const at of [0, 1]) await answers(await connect(at));
  });
}

test('an error names the proxy that has the port', async (t) => {
  const { instance, config, reload, ports } = await start(t, BEFORE);
  const wanted = config(`listen: 127.0.0.1:${ports[2]}\nupstream: stand-in`).proxies[0];
  if (!wanted) throw new Error('the config has no proxy');
  await instance.proxies.create({ ...wanted, name: 'made' });
  for (const host of ['127.0.0.1', '0.0.0.0']) {
    await t.throwsAsync(reload({ ...BEFORE, b: `${host}:2` }), {
      message: `proxy b cannot listen on ${host}:${ports[2]}: the address is in use by proxy made (EADDRINUSE)`,
    });
  }
});
