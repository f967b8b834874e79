import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../find-program.js';
import type { Place, ProxyProgram } from '../proxy-program.js';

/**
 * nginx with its stream module and one worker. It forwards without looking at the octets.
 *
 * @param connections that it may hold at once
 * @returns undefined if it, or the module, is not installed
 */
export function nginx(connections: number): ProxyProgram | undefined {
  const program = findProgram('nginx');
  if (program === undefined) return undefined;
  // It describes itself on standard error.
  const { stderr } = spawnSync(program, ['-V'], { encoding: 'utf8' });
  const [, version = ''] = /nginx\/(\S+)/.exec(stderr) ?? [];
  const [, modules = '/usr/lib/nginx/modules'] = /--modules-path=(\S+)/.exec(stderr) ?? [];
  const shared = join(modules, 'ngx_stream_module.so');
  const isBuiltIn = /--with-stream(\s|$)/.test(stderr);
  if (!isBuiltIn && !existsSync(shared)) return undefined;
  const load = isBuiltIn ? '' : `load_module ${shared};`;
  return {
    name: 'nginx',
    version,
    refuses: false,
    faults: [],
    command: (place) => {
      const file = join(place.directory, `nginx-${place.port}.conf`);
      writeFileSync(file, `${load}${config(place, connections)}`);
      return [program, '-e', '/dev/null', '-c', file];
    },
  };
}

/** In a user namespace its worker cannot become another user. */
const config = ({ port, upstream, directory }: Place, connections: number) => `
user root;
worker_processes 1;
daemon off;
pid ${directory}/nginx-${port}.pid;
error_log /dev/null;
events { worker_connections ${2 * connections}; }
stream {
  server {
    listen 127.0.0.1:${port} backlog=4096;
    proxy_pass 127.0.0.1:${upstream};
    proxy_buffer_size 64k;
    tcp_nodelay on;
  }
}
`;
