import type { ConfigInput } from '../config/config-input.js';
import { loadConfig } from '../config/load.js';
import { ConfigError } from '../errors.js';
import { isMap } from '../text/map.js';

/** The port in the container that clients connect to. */
export const AMQP_PORT = 5673;
/** The port of the control API in the container. */
export const CONTROL_PORT = 8474;

/** Keys that the container sets, because its ports and its client depend on them. */
const OWN_KEYS = ['proxies', 'listen', 'control'] as const;

/** The config of the only proxy in a container, and of its log and reports. */
export type ContainerConfig = Omit<ConfigInput, (typeof OWN_KEYS)[number]>;

/** A valid config file. */
export type ContainerFile = {
  /** JSON */
  readonly text: string;
  /** Whether clients must use TLS. */
  readonly isTls: boolean;
};

/** Returns a config with the keys of both. Maps are merged; of any other values, that of `later` replaces the other one. */
export function mergeConfigs(earlier: ContainerConfig, later: ContainerConfig): ContainerConfig {
  return mergeMaps(earlier, later);
}

function mergeMaps(earlier: object, later: object): object {
  const merged: Record<string, unknown> = { ...earlier };
  for (const [key, value] of Object.entries(later)) {
    const before = merged[key];
    // A key that is undefined is a key that was left out.
    if (value !== undefined) merged[key] = isMap(before) && isMap(value) ? mergeMaps(before, value) : value;
  }
  return merged;
}

/**
 * Completes a config with what the container sets, and validates it as rabbit-snare does at startup.
 *
 * @throws ConfigError with one line per problem
 */
export function containerFile(config: ContainerConfig, token: string): ContainerFile {
  const taken = OWN_KEYS.filter((key) => Object.hasOwn(config, key));
  if (taken.length > 0) throw new ConfigError(taken.map((key) => `${key} must not be set: the container sets it`));
  const text = JSON.stringify({
    // Without it, the program would first look for a broker in its own container.
    upstream: 'stand-in',
    ...config,
    listen: `0.0.0.0:${AMQP_PORT}`,
    control: { listen: `0.0.0.0:${CONTROL_PORT}`, token },
  });
  try {
    const { proxies } = loadConfig({ argv: { config: 'config' }, env: {}, readFile: () => text }).config;
    return { text, isTls: proxies.some(({ tls }) => tls !== null) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // The user has not seen this file, so positions in it would not help.
    const problems = error.problems.map((problem) => problem.replace(/^config:\d+:\d+: /, ''));
    throw new ConfigError(problems, { cause: error });
  }
}
