import * as z from 'zod';
import { quote } from '../text/quote.js';
import { globalKeys } from './global-keys.js';
import { section } from './key.js';
import { proxyKeys } from './proxy-keys.js';

const proxy = section(proxyKeys);
const proxies = z.array(proxy, { error: ({ input }) => `must be a list, not ${quote(input)}` }).readonly();

/** The content of a config file. */
export const fileSchema = section({ proxies: proxies.optional(), ...proxyKeys, ...globalKeys });

/** The effective config: all keys of each proxy are in `proxies`, and only global keys are at the top level. */
export const effectiveSchema = section({ proxies, ...globalKeys });

/** A complete proxy. Durations are in ms; `dialect` is `auto` or the text of a version. */
export type ProxyConfig = z.output<typeof proxy>;

/** The whole config: complete, read-only and frozen. `control` is null when it is off. */
export type Config = z.output<typeof effectiveSchema>;
