import { CommandError } from '../support/command-error.js';
import type { Arguments, PROXY_NAMES } from './arguments.js';
import { openFileLimit } from './machine.js';
import { haproxy } from './proxies/haproxy.js';
import { nginx } from './proxies/nginx.js';
import { rabbitSnare } from './proxies/rabbit-snare.js';
import { relay } from './proxies/relay.js';
import { toxiproxy } from './proxies/toxiproxy.js';
import type { ProxyProgram } from './proxy-program.js';

/** Connections that HAProxy and nginx allow, if the descriptors suffice. */
const CONNECTIONS = 9_000;

/**
 * The proxies to measure, rabbit-snare first.
 *
 * @param base the folder of the build to compare with
 * @returns them, and a note for each that is not installed
 * @throws CommandError if one that was asked for by name is missing
 */
export function installed({ proxies: wanted, node }: Arguments, base: string | undefined) {
  const connections = Math.min(CONNECTIONS, Math.floor((openFileLimit() - 100) / 2));
  const { TOXIPROXY } = process.env;
  const found: Readonly<Record<(typeof PROXY_NAMES)[number], () => ProxyProgram | string>> = {
    'rabbit-snare': () => rabbitSnare('rabbit-snare', '.', node),
    base: () => (base === undefined ? 'base needs --compare' : rabbitSnare('base', base, node)),
    haproxy: () => haproxy(connections) ?? 'HAProxy is not installed',
    nginx: () => nginx(connections) ?? 'nginx, or its stream module, is not installed',
    toxiproxy: () => (TOXIPROXY ? toxiproxy(TOXIPROXY) : 'TOXIPROXY is not set to the path of Toxiproxy’s server'),
    relay: () => relay(node),
  };
  const chosen: ProxyProgram[] = [];
  const notes: string[] = [];
  for (const [name, find] of Object.entries(found)) {
    if (wanted !== undefined && !wanted.includes(name)) continue;
    const proxy = find();
    if (typeof proxy !== 'string') chosen.push(proxy);
    else if (wanted !== undefined) throw new CommandError(`--proxies: ${proxy}`);
    else if (name !== 'base') notes.push(`Left out: ${name}. ${proxy}.`);
  }
  return { proxies: chosen, notes };
}
