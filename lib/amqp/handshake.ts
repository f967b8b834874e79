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

/** Returns the handshake with what it does not contain taken from another. */
export function completed(handshake: Handshake, other: Handshake): Handshake {
  return {
    product: handshake.product ?? other.product,
    version: handshake.version ?? other.version,
    platform: handshake.platform ?? other.platform,
    mechanism: handshake.mechanism ?? other.mechanism,
    user: handshake.user ?? other.user,
    vhost: handshake.vhost ?? other.vhost,
    channelMax: handshake.channelMax ?? other.channelMax,
    frameMax: handshake.frameMax ?? other.frameMax,
    heartbeat: handshake.heartbeat ?? other.heartbeat,
    serverProduct: handshake.serverProduct ?? other.serverProduct,
    serverVersion: handshake.serverVersion ?? other.serverVersion,
    connectionName: handshake.connectionName ?? other.connectionName,
  };
}
