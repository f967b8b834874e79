import { nearest } from '../text/nearest.js';
import { variableOf } from './given.js';
import { keys } from './keys.js';

/** What Kubernetes and Docker links set for a service that is called rabbit-snare. */
const NOT_CONFIG = /^RABBIT_SNARE_(SERVICE_|PORT$|PORT_|NAME$|ENV_)/;

const PREFIX = variableOf('');

/** A warning for each variable that begins like ours and sets nothing. Values are not shown. */
export function unknownVariables(env: NodeJS.ProcessEnv): string[] {
  const flags = ['config', ...keys.flatMap(({ notes }) => notes.flag ?? notes.variable ?? [])];
  const known = new Set(flags.map(variableOf));
  const unknown = Object.keys(env).filter((name) => name.startsWith(PREFIX) && env[name] && !known.has(name));
  return unknown
    .filter((name) => !NOT_CONFIG.test(name))
    .sort()
    .map((name) => {
      // Without the prefix, which would make all of them alike.
      const meant = nearest(name.slice(PREFIX.length), flags);
      const hint = meant === undefined ? '' : ` (did you mean ${variableOf(meant)}?)`;
      return `${name} is not known and was ignored${hint}`;
    });
}
