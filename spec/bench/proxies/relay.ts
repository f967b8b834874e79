import { fileURLToPath } from 'node:url';
import type { ProxyProgram } from '../proxy-program.js';

const PROGRAM = fileURLToPath(new URL('../plain-relay.js', import.meta.url));

/** The relay of plain-relay.ts: what is left of a proxy on Node.js that does nothing but forward. */
export function relay(node: string): ProxyProgram {
  return {
    name: 'plain relay',
    version: 'net.Socket',
    refuses: false,
    faults: [],
    command: ({ port, upstream }) => [node, PROGRAM, String(port), String(upstream)],
  };
}
