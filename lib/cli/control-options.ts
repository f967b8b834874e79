import type { Options } from 'yargs';
import { Control, DEFAULT_URL } from '../client/control.js';
import { controlTokenOf } from '../config/control-token.js';

/** The flags of commands that drive a running instance. */
export const controlFlags: Record<string, Options> = {
  url: {
    type: 'string',
    requiresArg: true,
    default: DEFAULT_URL,
    description: 'The control API. Its token is RABBIT_SNARE_CONTROL_TOKEN, or in RABBIT_SNARE_CONTROL_TOKEN_FILE',
  },
  json: { type: 'boolean', default: false, description: 'Print JSON' },
};

export type ControlArguments = { readonly url: string; readonly json: boolean };

/** @throws ConfigError, ControlError */
export function controlOf({ url }: Pick<ControlArguments, 'url'>): Control {
  const token = controlTokenOf(process.env);
  return new Control({ url, ...(token !== null && { token }) });
}
