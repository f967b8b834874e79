import type { ExecutionContext } from 'ava';
import type { ReasonName } from '../../lib/amqp/reason.js';
import { openAmqp } from '../support/amqp-wire.js';
import { CLOSE_OK, client, hex, protocolHeader } from '../support/bytes.js';
import type { Control } from '../support/control.js';
import { listening } from '../support/instance.js';
import { until } from '../support/rabbitmq/until.js';
import { HEADER } from '../support/relayed.js';
import { deadPort, endWithFin, type Listening, startServer } from '../support/server.js';
import { sharedRabbitmq } from '../support/shared-rabbitmq.js';
import { dialWire } from '../support/wire.js';

/** Where the connections go. */
type Doors = { readonly control: Control; door(proxy: string): Listening };

/** Makes a connection that ends with a reason, and returns its client's address; '' if it was reset before that was known. */
type Make = (t: ExecutionContext, doors: Doors) => Promise<string>;

/** The text of a config with a proxy for each way to end a connection. `amqp` is in front of the shared broker. */
export async function configForEveryReason(t: ExecutionContext): Promise<string> {
  const closing = await startServer(t, (socket) => {
    socket.on('error', () => {});
    endWithFin(socket);
  });
  const proxies = {
    amqp: `upstream: "127.0.0.1:${sharedRabbitmq().port}"`,
    impatient: 'upstream: stand-in, handshakeTimeout: 200ms',
    modern: 'upstream: stand-in, dialect: "4.0"',
    plugin: 'upstream: stand-in, dialect: "3.10", amqp10: on',
    nowhere: `upstream: "127.0.0.1:${await deadPort()}"`,
    closing: `upstream: "127.0.0.1:${closing.port}"`,
    small: 'upstream: stand-in, maxConnections: 1',
    broken: 'upstream: stand-in, faults: [{type: amqp_reset, attributes: {at: start}}]',
    failing: 'upstream: stand-in, healthChecks: [{sources: [127.0.0.0/8], answer: fail}]',
  };
  const lines = Object.entries(proxies).map(([name, rest]) => `  - {name: ${name}, listen: "127.0.0.1:0", ${rest}}\n`);
  return `handshakeTimeout: 10m\nproxies:\n${lines.join('')}`;
}

/** The proxies of a running instance by name. */
export const doorsOf = (control: Control): Doors => ({
  control,
  door: (proxy) => listening(control.instance.proxies.state(proxy)?.listen),
});

/** A client that sends these octets and then closes. */
const sending =
  (octets: Uint8Array | string, proxy = 'amqp'): Make =>
  async (t, { door }) => {
    const wire = await dialWire(t, door(proxy));
    await wire.send(octets);
    wire.fin();
    await wire.gone;
    return wire.address;
  };

/** A client that opens a connection up to some step, and then acknowledges the broker's Close. */
const refused =
  (how: Parameters<typeof openAmqp>[2]): Make =>
  async (t, { door }) => {
    const amqp = await openAmqp(t, door('amqp'), how);
    await amqp.next('connection.close');
    await amqp.wire.send(CLOSE_OK);
    await amqp.wire.how();
    return amqp.wire.address;
  };

/** A client that sends these octets after the broker's Start, or on the open connection, and waits for the end. */
const breaking =
  (octets: Uint8Array | string, at: 'start' | 'open-ok'): Make =>
  async (t, { door }) => {
    const { wire } = await openAmqp(t, door('amqp'), { until: at });
    await wire.send(octets);
    await wire.how();
    return wire.address;
  };

/** How each reason is produced. */
export const MAKE: { readonly [Name in ReasonName]: Make } = {
  connection_closed_with_no_data_received: sending(''),
  connection_closed_abruptly: sending('AMQP'),
  bad_header: sending('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
  bad_version: sending('AMQP0091'),
  sasl_required: sending(protocolHeader(0, 1, 0, 0), 'modern'),
  unsupported_amqp1_0_protocol_id: sending(protocolHeader(2, 1, 0, 0), 'plugin'),
  amqp1_0_plugin_not_enabled: sending(protocolHeader(3, 1, 0, 0)),
  handshake_timeout: async (t, { door }) => {
    const wire = await dialWire(t, door('impatient'));
    await wire.how();
    return wire.address;
  },
  handshake_error: async (t, { door }) => {
    const { wire } = await openAmqp(t, door('amqp'), { until: 'tune-ok', tuneOk: { frameMax: 100 } });
    wire.fin();
    await wire.how();
    return wire.address;
  },
  auth_failure: refused({
    until: 'start-ok',
    password: 'wrong',
    startOk: { properties: { product: 'app', capabilities: { authentication_failure_close: true } } },
  }),
  vhost_not_found: refused({ until: 'open', vhost: 'nowhere' }),
  access_refused: async (t, doors) => {
    const user = `dashboard-${process.pid}`;
    const { ctl } = sharedRabbitmq();
    await ctl('add_user', user, 'secret');
    t.teardown(() => ctl('delete_user', user));
    return refused({ until: 'open', user, password: 'secret' })(t, doors);
  },
  frame_error: breaking('AMQP\0\0\x09\x01', 'open-ok'),
  missed_heartbeats: async (t, { door }) => {
    const { wire } = await openAmqp(t, door('amqp'), { tuneOk: { heartbeat: 1 } });
    await wire.how();
    return wire.address;
  },
  reader_crashed: breaking(hex('01 0000 00000004 00630063 ce'), 'start'),
  connection_closed: async (t, { door }) => {
    const amqp = await openAmqp(t, door('amqp'));
    await amqp.wire.send(client.close());
    await amqp.next('connection.close-ok');
    amqp.wire.fin();
    await amqp.wire.how();
    return amqp.wire.address;
  },
  upstream_unreachable: async (t, { door }) => {
    const wire = await dialWire(t, door('nowhere'));
    await wire.send(HEADER);
    await wire.how();
    return wire.address;
  },
  upstream_closed: async (t, { door }) => {
    const wire = await dialWire(t, door('closing'));
    await wire.send(HEADER);
    await wire.how();
    wire.fin();
    return wire.address;
  },
  limit: async (t, { control, door }) => {
    await dialWire(t, door('small'));
    await until(() => control.instance.proxies.openConnections().some(({ proxy }) => proxy === 'small'), 20_000);
    const wire = await dialWire(t, door('small'));
    await wire.how();
    return wire.address;
  },
  shutdown: async (t, { control, door }) => {
    const { wire } = await openAmqp(t, door('amqp'));
    const [connection] = control.instance.proxies.openConnections().filter((each) => each.client === wire.address);
    await control.call('DELETE', `/connections/${connection?.id}?close=rst`);
    await wire.how();
    return wire.address;
  },
  fault: async (t, { door }) => {
    const wire = await dialWire(t, door('broken'));
    await wire.send(HEADER);
    await wire.how();
    return wire.address;
  },
  health_check_failed: async (t, { door }) => {
    const wire = await dialWire(t, door('failing'));
    await wire.how();
    return wire.address;
  },
};
