import { hostOf } from '../text/address-of.js';
import { oneLine } from '../text/one-line.js';
import type { OpenConnection } from './report.js';

/** Connections that cannot be distinguished when they come back: same IP address, user, virtual host and product. */
export type Client = {
  /** `app at 10.0.0.5 (vhost /, product amqplib)` */
  readonly name: string;
  /** Its open connections. */
  readonly connections: readonly OpenConnection[];
};

/** Returns the clients of connections whose handshake is complete, by name. The port of a client is new each time it connects. */
export function clientsOf(connections: readonly OpenConnection[]): ReadonlyMap<string, Client> {
  const clients = new Map<string, Client>();
  for (const connection of connections) {
    if (connection.stage !== 'running') continue;
    const name = clientName(connection);
    clients.set(name, { name, connections: [...(clients.get(name)?.connections ?? []), connection] });
  }
  return clients;
}

/** Returns the clients of `before` that have fewer open connections now, each with how many are missing. */
export function absentClients(
  before: readonly OpenConnection[],
  now: readonly OpenConnection[],
): readonly { readonly name: string; readonly missing: number }[] {
  const here = clientsOf(now);
  return [...clientsOf(before).values()].flatMap(({ name, connections }) => {
    const missing = connections.length - (here.get(name)?.connections.length ?? 0);
    return missing > 0 ? [{ name, missing }] : [];
  });
}

/** The name of the client of a connection. Its parts come from the client, so they are kept on one line. */
export function clientName({ client, handshake }: OpenConnection): string {
  const { user = null, vhost = null, product = null } = handshake ?? {};
  const host = client === null ? 'an unknown address' : hostOf(client);
  return oneLine(`${user ?? 'an unknown user'} at ${host} (vhost ${vhost ?? '-'}, product ${product ?? '-'})`);
}
