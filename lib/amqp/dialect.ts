import { AMQP10_FACTS } from './amqp10-facts.js';
import { protocolHeader, type Quad } from './header.js';
import { PROXY_HEADER_FACTS } from './proxy-header-facts.js';
import { isSince, parseVersion, type Since, type Version } from './version.js';

/*
 * The differences between RabbitMQ 3.6.0 and 4.3, as data: each fact is a list of values with the first version that
 * has them. No other module compares version numbers.
 *
 * Unless another source is named, a fact comes from rabbit_reader.erl, compared across all release tags from 3.6.0 to
 * 4.3.5, and was confirmed on brokers 3.8.9, 3.10.8, 4.0.5 and 4.3.6.
 */
/** The farewell `AMQP 0 0 9 1`. */
const A91 = protocolHeader(0, 0, 9, 1);
/** The farewell `AMQP 3 1 0 0`. */
const A31 = protocolHeader(3, 1, 0, 0);

/** The reaction of a version to a version quad: it continues the handshake, or refuses with a reason and a farewell. */
export type QuadOutcome = 'accept' | QuadRefusal;
type QuadRefusal = {
  readonly reason: 'bad_version' | 'sasl_required' | 'amqp1_0_plugin_not_enabled' | 'unsupported_amqp1_0_protocol_id';
  readonly farewell: Uint8Array;
};

/**
 * A rule for quads. The first one that matches decides. `without` replaces the outcome if the broker does not speak
 * AMQP 1.0. A rule that accepts matches one quad, so that the accepted quads can be listed.
 */
type QuadRule =
  | { readonly match: Quad; readonly outcome: 'accept'; readonly without?: QuadRefusal }
  | {
      readonly match: readonly [Matcher, Matcher, Matcher, Matcher];
      readonly outcome: QuadRefusal;
      readonly without?: QuadRefusal;
    };
type Matcher = number | 'any' | '9 or more';

const noPlugin: QuadRefusal = { reason: 'amqp1_0_plugin_not_enabled', farewell: A91 };

/** `handshake` in 3.x; for the plugin, rabbit_amqp1_0_reader.erl, `start_1_0_connection`. */
const quads3: readonly QuadRule[] = [
  { match: [0, 0, 9, 1], outcome: 'accept' },
  { match: [1, 1, 0, 9], outcome: 'accept' },
  { match: [1, 1, 8, 0], outcome: 'accept' },
  { match: [1, 1, 9, 1], outcome: 'accept' },
  // Without SASL the plugin logs the client in as its `default_user`, "guest" by default.
  { match: [0, 1, 0, 0], outcome: 'accept', without: noPlugin },
  { match: [3, 1, 0, 0], outcome: 'accept', without: noPlugin },
  {
    match: ['any', 1, 0, 0],
    outcome: { reason: 'unsupported_amqp1_0_protocol_id', farewell: A31 },
    without: noPlugin,
  },
  { match: ['any', 'any', 'any', 'any'], outcome: { reason: 'bad_version', farewell: A91 } },
];

/**
 * `version_negotiation`: AMQP 1.0 is built in, 0-8 was removed, and a request for a later 0-x is answered with 0-9-1.
 */
const quads4: readonly QuadRule[] = [
  { match: [3, 1, 0, 0], outcome: 'accept' },
  { match: ['any', 1, 0, 0], outcome: { reason: 'sasl_required', farewell: A31 } },
  { match: [0, 0, 9, 1], outcome: 'accept' },
  { match: [1, 1, 0, 9], outcome: 'accept' },
  { match: [0, 0, '9 or more', 'any'], outcome: { reason: 'bad_version', farewell: A91 } },
  { match: ['any', 'any', 'any', 'any'], outcome: { reason: 'bad_version', farewell: A31 } },
];

/** The rows of all facts. */
export const facts = {
  quads: [
    [[3, 6, 0], quads3],
    [[4, 0, 0], quads4],
  ],
  /** The farewell sent after a header that does not begin with `AMQP`. */
  badHeaderFarewell: [
    [[3, 6, 0], A91],
    [[4, 0, 0], A31],
  ],
  /** Whether AMQP 1.0 is built into the broker rather than a plugin. */
  amqp10Native: [
    [[3, 6, 0], false],
    [[4, 0, 0], true],
  ],
  /** Whether `GET ` and a TLS ClientHello are recognized, and sentences are logged instead of the term `bad_header`. */
  detectsPeers: [
    [[3, 6, 0], false],
    [[4, 1, 0], true],
  ],
  /** The log level of refusals and timeouts. 3.7.0 to 3.7.7 have a bug in `log_connection_exception`. */
  refusalsLoggedAs: [
    [[3, 6, 0], 'error'],
    [[3, 7, 0], 'warning'],
    [[3, 7, 8], 'error'],
  ],
  /** The format letter for reasons. */
  reasonLetter: [
    [[3, 6, 0], '~p'],
    [[3, 12, 0], '~tp'],
  ],
  /** The format letter for the octets of a bad header. The sentence of 4.1 uses `~p` again. */
  badHeaderLetter: [
    [[3, 6, 0], '~p'],
    [[3, 12, 0], '~tp'],
    [[4, 1, 0], '~p'],
  ],
  /** Whether the accepting and closing lines contain the reader's pid (3.x) or the duration (4.x). */
  connectionLines: [
    [[3, 6, 0], 'pid'],
    [[4, 0, 0], 'duration'],
  ],
  /** Maximum frame size before Tune-Ok, in octets. */
  initialFrameMax: [
    [[3, 6, 0], 4096],
    [[4, 1, 0], 8192],
  ],
  /** Whether `{handshake_error,…}` contains the channel. */
  handshakeErrorNamesChannel: [
    [[3, 6, 0], true],
    [[4, 0, 0], false],
  ],
  /** How a failed tuning is logged. 4.0.0 to 4.1.0 try to log the sentence but crash while printing it. */
  tuningFailure: [
    [[3, 6, 0], 'term'],
    [[3, 7, 8], 'sentence'],
  ],
  ...AMQP10_FACTS,
  ...PROXY_HEADER_FACTS,
  /** The first word of the log entry about a connection name set by the client. */
  namedConnection: [
    [[3, 6, 0], 'Connection'],
    [[3, 10, 0], 'connection'],
  ],
  /** Whether closing lines contain the vhost and the user once they are known. */
  namesUser: [
    [[3, 6, 0], false],
    [[3, 6, 10], true],
  ],
  /**
   * The layout of a log entry. rabbit_log.erl (3.6), rabbit_lager.erl (3.7, 3.8), rabbit_logger_text_fmt.erl (3.9 on).
   */
  entryShape: [
    [[3, 6, 0], 'report'],
    [[3, 7, 0], 'first line prefixed'],
    [[3, 9, 0], 'every line prefixed'],
  ],
  /** The Erlang/OTP that a version is usually run on, as far as its TLS was measured: see `ERLANG_TLS`. */
  otp: [
    [[3, 6, 0], 23],
    [[3, 9, 0], 25],
    [[3, 12, 0], 27],
  ],
  /** What is logged about a failed TLS handshake. `notice`: by Erlang. rabbit_networking.erl, `ranch_handshake` */
  tlsFailure: [
    [[3, 6, 0], 'nothing'],
    [[3, 9, 0], 'notice'],
    [[4, 1, 1], 'error'],
    [[4, 3, 1], 'error or warning'],
  ],
} as const satisfies { readonly [fact: string]: Since<unknown> };

type Facts = typeof facts;

/** The behavior of one version of RabbitMQ: its name as given or learned (`3.6`, `3.10.8`), and the value of each fact. */
export type Dialect = { readonly name: string } & { readonly [Fact in keyof Facts]: Facts[Fact][number][1] };

/** The value of a fact in a version. The oldest row also applies to older versions. */
function valueAt<Value>(fact: Since<Value>, version: Version): Value {
  const held = fact.filter(([since]) => isSince(version, since));
  return ((held.at(-1) ?? fact[0]) as readonly [Version, Value])[1];
}

/** The value of one fact in the dialect of a RabbitMQ version, without those of the others. */
export function factOf<Fact extends keyof Facts>(fact: Fact, name: string): Dialect[Fact] {
  return valueAt<unknown>(facts[fact], versionOf(name)) as Dialect[Fact];
}

/**
 * Returns the dialect of a RabbitMQ version.
 *
 * @param name a version, 3.6 or later; without a patch number it means the newest patch release
 * @throws RangeError if `name` is not a version
 */
export function dialectOf(name: string): Dialect {
  const version = versionOf(name);
  const values = Object.entries<Since<unknown>>(facts).map(([fact, since]) => [fact, valueAt(since, version)]);
  // Dialect is derived from `facts`.
  return { name, ...Object.fromEntries(values) } as Dialect;
}

function versionOf(name: string): Version {
  const version = parseVersion(name);
  if (!version) throw new RangeError(`a dialect must be a version of RabbitMQ such as 3.10, not "${name}"`);
  return version;
}

const matches = (matcher: Matcher, octet: number): boolean =>
  matcher === 'any' || (matcher === '9 or more' ? octet >= 9 : matcher === octet);

/** The oldest version that has a dialect. */
export const OLDEST: Version = [3, 6, 0];

/** The last minor version of each major version that has ended. */
export const LAST_MINOR: { readonly [major: number]: number } = { 3: 13 };

/** The first version of each generation, oldest first: a generation begins wherever a row of any fact does. */
export function generations(): readonly Version[] {
  const since = Object.values<Since<unknown>>(facts).flatMap((rows) => rows.map(([version]) => version));
  const distinct = new Map(since.map((version) => [version.join('.'), version]));
  return [...distinct.values()].sort((one, other) => (isSince(one, other) ? 1 : -1));
}

/**
 * The dialect name of a generation: `4.1`, or `3.7.0` if a later generation begins in the same minor version, which then
 * has the short name.
 */
export function generationName([major, minor, patch]: Version): string {
  const isNewest = !generations().some(([a, b, c]) => a === major && b === minor && c > patch);
  return isNewest ? `${major}.${minor}` : `${major}.${minor}.${patch}`;
}

/** The version quads that at least one version accepts, with or without AMQP 1.0. */
export function acceptedQuads(): readonly Quad[] {
  const rules = facts.quads.flatMap(([, quads]) => quads);
  const quads = rules.flatMap(({ match, outcome }) => (outcome === 'accept' ? [match as Quad] : []));
  return [...new Map(quads.map((quad) => [quad.join('.'), quad])).values()];
}

/** Applies the rules of `dialect` to a version quad. `amqp10`: whether its AMQP 1.0 plugin is on (3.x only). */
export function negotiate(quad: Quad, dialect: Dialect, amqp10: boolean): QuadOutcome {
  const rule = dialect.quads.find(({ match }) =>
    match.every((matcher, at) => matches(matcher, quad[at] as number)),
  ) as QuadRule;
  return rule.without && !amqp10 ? rule.without : rule.outcome;
}
