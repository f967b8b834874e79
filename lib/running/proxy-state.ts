import type { ProxyConfig } from '../config/schema.js';
import type { HealthChecks } from '../health-check/health-checks.js';
import type { AmqpProxy } from '../proxy/amqp-proxy.js';
import type { ProxySettings } from '../proxy/proxy-settings.js';
import { type Address, formatAddress } from '../text/address.js';

/** A proxy that listens. */
export type Running = {
  readonly name: string;
  /** Its bound address, numeric: `127.0.0.1:5673`. */
  readonly listen: string;
  /** The upstream, as named in reports. */
  readonly upstream: string;
  /** The upstream broker; null until it is known, and with an explicit dialect. */
  readonly learned: { readonly product: string; readonly version: string | null; readonly dialect: string } | null;
};

/** A proxy, whether it listens or not. */
export type ProxyState = Running & {
  readonly enabled: boolean;
  readonly mirrorUpstream: boolean;
  /** Whether the upstream that it mirrors is up; null: it mirrors none, or does not listen. */
  readonly upstreamState: 'up' | 'down' | null;
  readonly mode: ProxyConfig['mode'];
  readonly dialect: string;
  readonly healthChecks: HealthChecks;
  /** The requested listener address; `listen` is the bound one. */
  readonly asked: Address;
};

/** A change of a proxy, as an event. */
export type ProxyChanged = { readonly action: 'created' | 'changed' | 'removed'; readonly proxy: ProxyState };

/** An `AmqpProxy` that listens, with the settings that it gets when the change that made them takes effect. */
export type Open = { readonly settings: ProxySettings; readonly proxy: AmqpProxy };

/** The state that the instance keeps for each proxy. */
export type Entry = {
  readonly wanted: ProxyConfig;
  /** False if it was created through the control API: reloads leave it alone. */
  readonly isConfigured: boolean;
  /** The address that was bound last, or null. It is kept while the proxy does not listen. */
  readonly bound: string | null;
  /** Null while it does not listen. */
  readonly open: Open | null;
};

/** The public state of an entry. */
export function stateOf({ wanted, bound, open }: Entry): ProxyState {
  const { name, listen, upstream, enabled, mirrorUpstream, mode, dialect, healthChecks } = wanted;
  const { product = null, version = null, dialect: spoken = null } = open?.proxy.learned ?? {};
  return {
    name,
    listen: bound ?? formatAddress(listen),
    upstream: open?.settings.upstream.label ?? (typeof upstream === 'object' ? formatAddress(upstream) : upstream),
    learned: product === null || spoken === null ? null : { product, version, dialect: spoken },
    enabled,
    mirrorUpstream,
    upstreamState: open?.proxy.upstreamState ?? null,
    mode,
    dialect,
    healthChecks,
    asked: listen,
  };
}
