import type { HealthCheckStyle } from './style.js';

/** What a proxy can do with a health check, with the text for the docs. */
export const ANSWERS = {
  local: 'The proxy answers it, and the broker is not dialed.',
  forward: 'It is handled like any other connection.',
  fail: 'It fails on purpose, so that a failover can be tested.',
} as const;

export type Answer = keyof typeof ANSWERS;

/** How a health check can be made to fail, with the text for the docs. */
export const WAYS_TO_FAIL = {
  rst: 'Resets the connection.',
  silence: 'Sends nothing until the client leaves or the handshake timeout expires.',
  refuse: 'Refuses a good protocol header as RabbitMQ refuses a bad one.',
} as const;

export type FailWith = keyof typeof WAYS_TO_FAIL;

/** The styles that are known before the answer, so that a rule can name them. All others are known only afterwards. */
export const STYLES_OF_RULES = [
  'proxy_local',
  'header_only',
  'http',
  'tls_hello',
  'text',
  'other',
] as const satisfies readonly HealthCheckStyle[];

export type StyleOfRule = (typeof STYLES_OF_RULES)[number];

/** The answer to the connections of some sources. */
export type HealthCheckRule = {
  /** IP addresses and subnets: `10.0.0.0/8`, `::1`. */
  readonly sources: readonly string[];
  readonly answer: Answer;
  /** Null: all connections of the sources. */
  readonly style: StyleOfRule | null;
  /** Used if the answer is `fail`. */
  readonly failWith: FailWith;
};

/**
 * The setting `healthChecks` of a proxy: an answer to the connections that are known to be health checks, or rules, of which
 * the first that matches a connection counts. Connections that no rule matches are forwarded.
 */
export type HealthChecks = Answer | readonly HealthCheckRule[];

/** The same as given by a user. */
export type HealthChecksInput =
  | Answer
  | readonly {
      readonly sources: string | readonly string[];
      readonly answer: Answer;
      /** @defaultValue all connections of the sources */
      readonly style?: StyleOfRule | null;
      /** @defaultValue rst */
      readonly failWith?: FailWith | null;
    }[];
