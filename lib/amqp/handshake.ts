import type { FollowedMethod } from './connection-methods.js';
import { textOf } from './field-table.js';
import { loginOf } from './sasl-login.js';

/** What client and broker negotiated while the connection was opened; null: not yet known. Contains no secret. */
export type Handshake = {
  readonly product: string | null;
  readonly version: string | null;
  readonly platform: string | null;
  readonly mechanism: string | null;
  readonly user: string | null;
  readonly vhost: string | null;
  /** From the client's Tune-Ok. */
  readonly channelMax: number | null;
  /** octets */
  readonly frameMax: number | null;
  /** seconds */
  readonly heartbeat: number | null;
  readonly serverProduct: string | null;
  readonly serverVersion: string | null;
  /** The connection name set by the client; in AMQP 1.0 its container id. */
  readonly connectionName: string | null;
};

export const NOTHING_SAID: Handshake = {
  product: null,
  version: null,
  platform: null,
  mechanism: null,
  user: null,
  vhost: null,
  channelMax: null,
  frameMax: null,
  heartbeat: null,
  serverProduct: null,
  serverVersion: null,
  connectionName: null,
};

/** Returns the handshake as it is after the next method. */
export function afterMethod(before: Handshake, method: FollowedMethod): Handshake {
  switch (method.name) {
    case 'connection.start':
      return {
        ...before,
        serverProduct: textOf(method.serverProperties, 'product') ?? null,
        serverVersion: textOf(method.serverProperties, 'version') ?? null,
      };
    case 'connection.start-ok':
      return {
        ...before,
        product: textOf(method.clientProperties, 'product') ?? null,
        version: textOf(method.clientProperties, 'version') ?? null,
        platform: textOf(method.clientProperties, 'platform') ?? null,
        connectionName: textOf(method.clientProperties, 'connection_name') ?? null,
        mechanism: method.mechanism,
        user: loginOf(method.mechanism, method.response),
      };
    case 'connection.tune-ok': {
      const { channelMax, frameMax, heartbeat } = method;
      return { ...before, channelMax, frameMax, heartbeat };
    }
    case 'connection.open':
      return { ...before, vhost: method.virtualHost };
    default:
      return before;
  }
}
