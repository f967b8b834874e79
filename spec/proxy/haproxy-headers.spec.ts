import { readFileSync } from 'node:fs';
import test from 'ava';
import { A91, ascii, concat, hex } from '../support/bytes.js';
import { startProxy } from '../support/proxy.js';
import { HEADER } from '../support/relayed.js';
import { startUpstream } from '../support/upstream.js';
import { dialWire } from '../support/wire.js';

type Recorded = {
  /** The HAProxy option that sends the header. */
  readonly sent: string;
  readonly hex: string;
  /** Null for a header without addresses. */
  readonly client: string | null;
  readonly destination: string | null;
};

/** The first bytes that HAProxy 2.6.12 sent to its server. */
const recorded = JSON.parse(readFileSync('spec/fixtures/haproxy-2.6.12.json', 'utf8')) as readonly Recorded[];

for (const { sent, hex: octets, client: told, destination } of recorded) {
  test(`HAProxy's header is accepted: ${sent}`, async (t) => {
    const upstream = await startUpstream(t);
    const proxy = await startProxy(t, upstream, {
      proxyProtocol: { accept: 'require', send: 'off', trustedSources: ['127.0.0.1'] },
    });
    const from = (address: string) => ({
      client: told ?? address,
      destination,
      via: told === null ? null : address,
    });

    const good = await dialWire(t, proxy);
    await good.send(concat(hex(octets), HEADER));
    t.deepEqual(await (await upstream.next()).octets(8), Buffer.from(HEADER));
    good.rst();
    t.like(await proxy.nextReport(), from(good.address));

    const bad = await dialWire(t, proxy);
    await bad.send(concat(hex(octets), ascii('amqp0091')));
    t.is(await bad.how(), 'rst');
    t.is(bad.received.toString('hex'), A91);
    t.like(await proxy.nextReport(), { ...from(bad.address), reason: { name: 'bad_header' } });

    const check = await dialWire(t, proxy);
    await check.send(hex(octets));
    check.rst();
    t.like(await proxy.nextReport(), {
      ...from(check.address),
      reason: { name: 'connection_closed_with_no_data_received' },
      healthCheck: true,
      ended: { by: 'client', clientSent: 'rst' },
    });
  });
}
