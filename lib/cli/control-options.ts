import { Control, DEFAULT_URL } from '../client/control.js';
import { controlTokenOf } from '../config/control-token.js';
import type { Flag } from '../config/flags.js';

/** The flags of all commands that use the control API of a running instance. */
export const controlFlags: Record<string, Flag> = {
  url: {
    type: 'string',
    requiresArg: true,
    default: DEFAULT_URL,
    description:
      'Control API of the running instance. Its token is read from RABBIT_SNARE_CONTROL_TOKEN or RABBIT_SNARE_CONTROL_TOKEN_FILE.',
  },
  json: { type: 'boolean', default: false, description: 'Print JSON.' },
};

export type ControlArguments = { readonly url: string; readonly json: boolean };

/**
 * Returns a client for the control API at `url`, with the token from the environment.
 *
 * @throws ConfigError, ControlError
 */
export function controlOf({ url }: Pick<ControlArguments, 'url'>): Control {
  const token = controlTokenOf(process.env);
  return new Control({ url, ...(token !== null && { token }) });
}
