import { ownEnvironment, run, shell } from './command.js';
import { foreground, type Node } from './node.js';
import type { Settings } from './settings.js';

const onLinux = process.platform === 'linux';

/** The address on which the node accepts AMQP, inside its container. */
export const dockerListen = onLinux ? '127.0.0.1' : '0.0.0.0';

const endingScript = `
kill -s KILL -- "-$1"
docker rm --force --volumes "$2"
rm -rf -- "$3" || { sleep 1; rm -rf -- "$3"; }`;

/** Starts a node in its own container, with its directory at the same path inside. */
export function startInDocker(image: string, settings: Settings): Node {
  const { name, port, directory } = settings;
  const env = ownEnvironment();
  const docker = (...args: string[]) => ({ file: 'docker', args, env });

  const child = foreground(
    docker(
      'run',
      '--rm',
      `--name=${name}`,
      // A published port goes through Docker's proxy, which turns resets into a FIN and hides the client's address.
      // Only Linux offers an alternative.
      ...(onLinux ? ['--network=host'] : [`--publish=127.0.0.1:${port}:${port}`]),
      // As the current user, who must read its log and remove its files.
      ...(process.getuid && process.getgid ? [`--user=${process.getuid()}:${process.getgid()}`] : []),
      `--volume=${directory}:${directory}`,
      ...Object.entries(settings.env).map(([key, value]) => `--env=${key}=${value}`),
      '--entrypoint=rabbitmq-server',
      image,
    ),
    settings,
  );
  return {
    child,
    ctl: docker('exec', name, 'rabbitmqctl'),
    ending: shell(endingScript, [`${child.pid}`, name, directory], env),
    kill: async () => void (await run(docker('kill', name))),
  };
}
