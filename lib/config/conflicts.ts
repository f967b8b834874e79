import { isIPv4, isIPv6 } from 'node:net';
import { needsTls } from '../faults/fault.js';
import { MOST_FAULTS } from '../faults/fault-list.js';
import { modeProblem } from '../health-check/mode-problem.js';
import { type Address, formatAddress, reaches } from '../text/address.js';
import type { KeyPath } from '../text/key-path.js';
import type { Config } from './schema.js';

/** A value that is valid on its own but conflicts with another one. */
export type Conflict = {
  readonly path: KeyPath;
  readonly message: string;
  /** The same conflict reported on the other value, for when this one is a default. */
  readonly other?: { readonly path: KeyPath; readonly message: string };
};

type Listener = { readonly path: KeyPath; readonly address: Address; readonly who: string };

/** Finds duplicate names and addresses, upstreams that are listeners of this instance, and incomplete pairs. */
export function findConflicts(config: Config): Conflict[] {
  const proxies = config.proxies.map((proxy, index) => ({ ...proxy, index }));
  const names = proxies.flatMap(({ name, index }): Conflict[] => {
    const first = proxies.findIndex((proxy) => proxy.name === name);
    const message = `must be unique, not "${name}", which is the name of proxies[${first}]`;
    return first === index ? [] : [{ path: ['proxies', index, 'name'], message }];
  });

  const listeners = listenersOf(config);
  const addresses = listeners.flatMap((listener, index): Conflict[] => {
    const first = listeners.slice(0, index).find(({ address }) => overlap(address, listener.address));
    if (first === undefined) return [];
    return [{ ...clash(listener, first), other: clash(first, listener) }];
  });

  const loops = proxies.flatMap(({ upstream, index }): Conflict[] => {
    if (typeof upstream === 'string') return [];
    const own = listeners.find(({ address }) => isLoop(address, upstream));
    if (own === undefined) return [];
    const message = `must be the address of a broker, not ${formatAddress(upstream)}, where ${own.who} listens`;
    return [{ path: ['proxies', index, 'upstream'], message }];
  });
  return [
    ...names,
    ...addresses,
    ...loops,
    ...proxies.flatMap(halfPairs),
    ...proxies.flatMap(unreadStyles),
    ...twoTokens(config),
    ...tooManyFaults(config),
    ...proxies.flatMap(unsecuredFaults),
  ];
}

function tooManyFaults({ proxies }: Config): Conflict[] {
  let count = 0;
  const index = proxies.findIndex(({ faults }) => {
    count += faults.length;
    return count > MOST_FAULTS;
  });
  const message = `must have at most ${MOST_FAULTS} entries, with those of all proxies`;
  return index < 0 ? [] : [{ path: ['proxies', index, 'faults'], message }];
}

/** Faults that act inside TLS, on a proxy without `tls`. */
function unsecuredFaults({ tls, faults, index }: Config['proxies'][number] & { readonly index: number }): Conflict[] {
  if (tls !== null) return [];
  return faults.flatMap((fault, nth) => {
    const what = needsTls(fault);
    const key = what === fault.type ? ['type'] : ['attributes', 'close_notify'];
    const message = `must not be ${what?.replace('close_notify=', '')}: the proxy has no tls`;
    return what === null ? [] : [{ path: ['proxies', index, 'faults', nth, ...key], message }];
  });
}

/** A rule for health checks that a proxy in observe mode cannot apply. */
function unreadStyles({
  mode,
  healthChecks,
  index,
}: Config['proxies'][number] & { readonly index: number }): Conflict[] {
  const message = modeProblem(mode, healthChecks);
  return message === null ? [] : [{ path: ['proxies', index, 'healthChecks'], message }];
}

function twoTokens({ control }: Config): Conflict[] {
  if (control === null || control.token === null || control.tokenFile === null) return [];
  return [{ path: ['control', 'tokenFile'], message: 'must not be set together with control.token' }];
}

/** A certificate without its key, a key without its certificate, and `tls.ca` without both. */
function halfPairs({ tls, upstreamTls, index }: Config['proxies'][number] & { readonly index: number }): Conflict[] {
  const alone = (section: 'tls' | 'upstreamTls', name: 'cert' | 'key' | 'ca', other: string): Conflict[] => [
    { path: ['proxies', index, section, name], message: `must be set together with ${other}` },
  ];
  const half = (section: 'tls' | 'upstreamTls', pair: { readonly cert: unknown; readonly key: unknown } | null) => {
    if (pair === null || (pair.cert === null) === (pair.key === null)) return [];
    return pair.key === null ? alone(section, 'cert', `${section}.key`) : alone(section, 'key', `${section}.cert`);
  };
  const caAlone = tls !== null && tls.cert === null && tls.key === null;
  return [
    ...(caAlone ? alone('tls', 'ca', 'tls.cert and tls.key') : half('tls', tls)),
    ...half('upstreamTls', upstreamTls),
  ];
}

/** Disabled proxies do not listen. */
function listenersOf({ proxies, control }: Config): Listener[] {
  const enabled = proxies.flatMap(({ name, enabled, listen }, index): Listener[] =>
    enabled ? [{ path: ['proxies', index, 'listen'], address: listen, who: `proxy "${name}"` }] : [],
  );
  if (control === null) return enabled;
  return [...enabled, { path: ['control', 'listen'], address: control.listen, who: 'the control API' }];
}

function clash({ path, address }: Listener, { who, address: theirs }: Listener) {
  const there = formatAddress(theirs) === formatAddress(address) ? 'there' : `on ${formatAddress(theirs)}`;
  return { path, message: `must be a free address, not ${formatAddress(address)}: ${who} listens ${there}` };
}

/** Whether the kernel would certainly refuse the second of two listeners. Host names are not resolved. */
function overlap(a: Address, b: Address): boolean {
  if (a.port !== b.port || a.port === 0) return false;
  return a.host === b.host || covers(a.host, b.host) || covers(b.host, a.host);
}

/** `::` also listens on IPv4. */
function covers(wildcard: string, host: string): boolean {
  return (wildcard === '::' && (isIPv4(host) || isIPv6(host))) || (wildcard === '0.0.0.0' && isIPv4(host));
}

/** Whether an upstream is certainly a listener. Of all host names, only `localhost` is resolved. */
function isLoop(listen: Address, upstream: Address): boolean {
  if (listen.port !== upstream.port || listen.port === 0) return false;
  return withoutDns(upstream.host).some((to) => withoutDns(listen.host).some((at) => reaches(to, at)));
}

const withoutDns = (host: string): string[] => (host.toLowerCase() === 'localhost' ? ['127.0.0.1', '::1'] : [host]);
