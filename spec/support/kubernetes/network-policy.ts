import type { NetworkPolicy } from './objects.js';

type Rule = NetworkPolicy['spec']['ingress'][number];

/** Whether everyone in the cluster may connect to a TCP port. */
export function isOpenToAll(policy: NetworkPolicy, port: number): boolean {
  return policy.spec.ingress.some((rule) => rule.from === undefined && includes(rule, port));
}

/** Whether the sources that a rule names may connect to a TCP port. */
export function isOpenToSome(policy: NetworkPolicy, port: number): boolean {
  return policy.spec.ingress.some((rule) => rule.from !== undefined && rule.from.length > 0 && includes(rule, port));
}

const includes = ({ ports }: Rule, wanted: number): boolean =>
  ports.some(({ protocol, port, endPort = port }) => protocol === 'TCP' && port <= wanted && wanted <= endPort);
