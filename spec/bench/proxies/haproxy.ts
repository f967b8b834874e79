import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../find-program.js';
import type { Place, ProxyProgram } from '../proxy-program.js';

/**
 * HAProxy with one thread. Like rabbit-snare, it looks at the first 8 octets, and refuses what is not an AMQP 0-9-1 header;
 * it refuses with FIN and without a farewell.
 *
 * @param connections that it may hold at once
 * @returns undefined if it is not installed
 */
export function haproxy(connections: number): ProxyProgram | undefined {
  const program = findProgram('haproxy');
  if (program === undefined) return undefined;
  const [, version = ''] = /version (\d+\.\d+\.\d+)/.exec(execFileSync(program, ['-v'], { encoding: 'utf8' })) ?? [];
  return {
    name: 'HAProxy',
    version,
    refuses: true,
    faults: [],
    command: (place) => {
      const file = join(place.directory, `haproxy-${place.port}.cfg`);
      writeFileSync(file, config(place, connections));
      return [program, '-db', '-f', file];
    },
  };
}

const config = ({ port, upstream }: Place, connections: number) => `
global
  maxconn ${connections}
  nbthread 1
defaults
  mode tcp
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend amqp
  bind 127.0.0.1:${port}
  tcp-request inspect-delay 10s
  tcp-request content accept if { req.payload(0,8) -m bin 414d515000000901 }
  tcp-request content reject if { req.len ge 8 }
  default_backend broker
backend broker
  server broker 127.0.0.1:${upstream}
`;
