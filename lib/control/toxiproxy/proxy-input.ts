import { effectiveSchema, type ProxyConfig } from '../../config/schema.js';
import type { ProxyChange } from '../../running/proxies.js';
import { formatPath } from '../../text/key-path.js';
import { ApiError } from '../api-error.js';
import { badBody } from '../read-body.js';
import { Fields } from './fields.js';

/** A proxy as a body describes it. What is left out, or null, is undefined. */
export type ProxyInput = {
  readonly name: string | undefined;
  readonly listen: string | undefined;
  readonly upstream: string | undefined;
  readonly enabled: boolean | undefined;
  /** Keys that Toxiproxy does not have. */
  readonly own: Pick<ProxyChange, 'mirrorUpstream' | 'mode' | 'dialect' | 'healthChecks'>;
};

/** The input for a new proxy, with its required keys. */
export type NewProxy = ProxyInput & { readonly name: string; readonly upstream: string };

/**
 * Parses a body. Only types are checked here; the values are checked when the proxy is created.
 *
 * @throws ApiError 400
 */
export function decodeProxy(body: unknown): ProxyInput {
  const fields = new Fields(body);
  return {
    name: fields.text('name'),
    listen: fields.text('listen'),
    upstream: fields.text('upstream'),
    enabled: fields.boolean('enabled'),
    own: decodeOwn(fields),
  };
}

/** Checks the required keys. @param at text to append to the name of a missing field. @throws ApiError 400 */
export function complete(input: ProxyInput, at = ''): NewProxy {
  const { name, upstream } = input;
  if (!name) throw new ApiError(400, `missing required field: name${at}`);
  if (!upstream) throw new ApiError(400, `missing required field: upstream${at}`);
  return { ...input, name, upstream };
}

function decodeOwn(fields: Fields): ProxyInput['own'] {
  const given = Object.fromEntries(
    (['mode', 'dialect', 'healthChecks'] as const).flatMap((key) => {
      const value = fields.any(key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
  const read = effectiveSchema.safeParse({ proxies: [given] });
  if (read.error)
    throw badBody(read.error.issues.map(({ path, message }) => `${formatPath(path.slice(2))} ${message}`).join('; '));
  const mirrorUpstream = fields.boolean('mirrorUpstream');
  const { mode, dialect, healthChecks } = read.data.proxies[0] as ProxyConfig;
  return {
    ...(mirrorUpstream !== undefined && { mirrorUpstream }),
    ...('mode' in given && { mode }),
    ...('dialect' in given && { dialect }),
    ...('healthChecks' in given && { healthChecks }),
  };
}
