import { nearest, suggestion } from '../text/nearest.js';
import { variableOf } from './given.js';
import { keys } from './keys.js';

/** Variables that Kubernetes and Docker links set for a service named rabbit-snare. */
const NOT_CONFIG = /^RABBIT_SNARE_(SERVICE_|PORT$|PORT_|NAME$|ENV_)/;

const PREFIX = variableOf('');

/** Returns a warning for each unknown variable that begins with `RABBIT_SNARE_`. Values are not quoted. */
export function unknownVariables(env: NodeJS.ProcessEnv): string[] {
  const flags = ['config', ...keys.flatMap(({ notes }) => notes.flag ?? notes.variable ?? [])];
  const known = new Set(flags.map(variableOf));
  const unknown = Object.keys(env).filter((name) => name.startsWith(PREFIX) && env[name] && !known.has(name));
  return unknown
    .filter((name) => !NOT_CONFIG.test(name))
    .sort()
    .map((name) => {
      // Compared without the prefix, which would make all names similar.
      const meant = nearest(name.slice(PREFIX.length), flags);
      return `${name} is unknown and was ignored${suggestion(meant && variableOf(meant))}`;
    });
}
