import type { ExecutionContext } from 'ava';
import { openAmqp } from '../support/amqp-wire.js';
import { client, protocolHeader } from '../support/bytes.js';
import { dialWire } from '../support/wire.js';
import { type DashboardOptions, type OpenDashboard, openDashboard } from './open-dashboard.js';

// No connection may end because a busy machine is slow.
const CONFIG = `seed: 1
handshakeTimeout: 10m
proxies:
  - {name: orders, listen: "127.0.0.1:0", upstream: stand-in}
  - {name: billing, listen: "127.0.0.1:0", upstream: stand-in, mode: observe, enabled: false}
`;

/** How many connections have ended. */
export const ENDED = 9;

/** A dashboard that has something to show on every view: ended and open connections, health checks, faults and a scenario. */
export async function openPopulated(t: ExecutionContext, options: DashboardOptions = {}): Promise<OpenDashboard> {
  const opened = await openDashboard(t, { config: CONFIG, ...options });
  const { control, proxy, page } = opened;
  await page.untilLive();
  /** A client that is refused. */
  const knock = async (octets: Uint8Array | string): Promise<void> => {
    const wire = await dialWire(t, proxy);
    await wire.send(octets);
    await wire.how();
    wire.fin();
  };
  await knock(
    'GET /healthz HTTP/1.1\r\nHost: rabbitmq.internal.example.com:5672\r\nUser-Agent: kube-probe/1.31\r\n\r\n',
  );
  await knock('amqp0091');
  await knock(protocolHeader(9, 9, 9, 9));
  for (let count = 0; count < 3; count += 1) (await dialWire(t, proxy)).fin();
  const properties = {
    product: 'a <b>client</b> with a product name that is much longer than a column is wide',
    version: '1.2',
  };
  for (const how of ['close', 'leave'] as const) {
    const amqp = await openAmqp(t, proxy, { startOk: { properties } });
    if (how === 'close') await amqp.wire.send(client.close());
    amqp.wire.fin();
    await amqp.wire.gone;
  }
  await openAmqp(t, proxy, { startOk: { properties: { ...properties, connection_name: 'orders-7f9c5d' } } });
  const faults = [
    { type: 'amqp_reset', name: 'flaky', proxy: 'orders', attributes: { at: 'start' }, toxicity: 0.25 },
    { type: 'latency', proxy: 'orders', stream: 'downstream', attributes: { latency: 300, jitter: 50 } },
  ];
  for (const fault of faults) await control.call('POST', '/faults', fault);
  await control.call('POST', '/faults', {
    type: 'amqp_fin',
    name: 'once',
    proxy: 'orders',
    attributes: { at: 'start' },
    times: 1,
  });
  await knock(protocolHeader(0, 0, 9, 1));
  await control.call('POST', '/scenarios', {
    name: 'broker-restart',
    lease: '10m',
    steps: [
      { type: 'amqp_close', proxy: 'billing', attributes: { at: 'running', code: 320 }, until: '5m' },
      { type: 'connect_refuse', proxy: 'billing', after: '5m', until: '6m' },
    ],
  });
  return opened;
}
