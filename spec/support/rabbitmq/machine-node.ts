import { join } from 'node:path';
import { shell } from './command.js';
import { foreground, type Node } from './node.js';
import { signalGroup } from './processes.js';
import type { Settings } from './settings.js';

/**
 * epmd first: the node registers with it. Erlang would start a daemon that outlives the node; this one stays in the
 * process group.
 */
const script = `
epmd -port "$ERL_EPMD_PORT" -address 127.0.0.1 &
until epmd -names >/dev/null 2>&1; do
  kill -0 $! || { echo 'epmd did not start'; exit 1; }
  sleep 0.1
done
exec "$1"`;

const endingScript = `
kill -s KILL -- "-$1"
rm -rf -- "$2" || { sleep 1; rm -rf -- "$2"; }`;

/** Starts a node with the scripts in `sbin`, which are installed on this machine. */
export function startOnMachine(sbin: string, settings: Settings, path: string): Node {
  const env = { ...settings.env, PATH: path, ERL_FLAGS: '-start_epmd false' };
  const child = foreground(shell(script, [join(sbin, 'rabbitmq-server')], env), settings);
  return {
    child,
    ctl: { file: join(sbin, 'rabbitmqctl'), args: [], env },
    ending: shell(endingScript, [`${child.pid}`, settings.directory], { PATH: path }),
    kill: async () => void (child.pid && signalGroup(child.pid, 'SIGKILL')),
  };
}
