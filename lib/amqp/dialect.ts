import { protocolHeader, type Quad } from './header.js';
import { isSince, parseVersion, type Version } from './version.js';

/*
 * What differs between the versions of RabbitMQ, from 3.6.0 to 4.3, as data: each fact is a list of values, each with
 * the version since which it holds. Nothing else in the program asks for a version number.
 *
 * Where no other source is named, a fact was read in rabbit_reader.erl, compared over all release tags from 3.6.0 to
 * 4.3.5, and seen on brokers 3.8.9, 3.10.8, 4.0.5 and 4.3.6.
 */
type Since<Value> = readonly (readonly [since: Version, value: Value])[];

/** The farewell `AMQP 0 0 9 1`. */
const A91 = protocolHeader(0, 0, 9, 1);
/** The farewell `AMQP 3 1 0 0`. */
const A31 = protocolHeader(3, 1, 0, 0);

/** What a version makes of a version quad: it goes on, or it refuses for a reason and with a farewell. */
export type QuadOutcome =
  | 'accept'
  | {
      readonly reason:
        | 'bad_version'
        | 'sasl_required'
        | 'amqp1_0_plugin_not_enabled'
        | 'unsupported_amqp1_0_protocol_id';
      readonly farewell: Uint8Array;
    };

/** A rule for quads; `without` is what holds instead where AMQP 1.0 is not spoken. The first that matches decides. */
type QuadRule = {
  readonly match: readonly [Matcher, Matcher, Matcher, Matcher];
  readonly outcome: QuadOutcome;
  readonly without?: QuadOutcome;
};
type Matcher = number | 'any' | '9 or more';

const noPlugin: QuadOutcome = { reason: 'amqp1_0_plugin_not_enabled', farewell: A91 };

/** `handshake` in 3.x; the plugin's part from rabbit_amqp1_0_reader.erl, `start_1_0_connection`. */
const quads3: readonly QuadRule[] = [
  { match: [0, 0, 9, 1], outcome: 'accept' },
  { match: [1, 1, 0, 9], outcome: 'accept' },
  { match: [1, 1, 8, 0], outcome: 'accept' },
  { match: [1, 1, 9, 1], outcome: 'accept' },
  // Without SASL the plugin logs in its `default_user`, by default "guest".
  { match: [0, 1, 0, 0], outcome: 'accept', without: noPlugin },
  { match: [3, 1, 0, 0], outcome: 'accept', without: noPlugin },
  {
    match: ['any', 1, 0, 0],
    outcome: { reason: 'unsupported_amqp1_0_protocol_id', farewell: A31 },
    without: noPlugin,
  },
  { match: ['any', 'any', 'any', 'any'], outcome: { reason: 'bad_version', farewell: A91 } },
];

/** `version_negotiation`: AMQP 1.0 is native, 0-8 is gone, and who asks for a later 0-x is told 0-9-1. */
const quads4: readonly QuadRule[] = [
  { match: [3, 1, 0, 0], outcome: 'accept' },
  { match: ['any', 1, 0, 0], outcome: { reason: 'sasl_required', farewell: A31 } },
  { match: [0, 0, 9, 1], outcome: 'accept' },
  { match: [1, 1, 0, 9], outcome: 'accept' },
  { match: [0, 0, '9 or more', 'any'], outcome: { reason: 'bad_version', farewell: A91 } },
  { match: ['any', 'any', 'any', 'any'], outcome: { reason: 'bad_version', farewell: A31 } },
];

const facts = {
  quads: [
    [[3, 6, 0], quads3],
    [[4, 0, 0], quads4],
  ],
  /** The farewell to what does not begin with `AMQP`. */
  badHeaderFarewell: [
    [[3, 6, 0], A91],
    [[4, 0, 0], A31],
  ],
  /** AMQP 1.0 is part of the broker, not a plugin that may be missing. */
  amqp10Native: [
    [[3, 6, 0], false],
    [[4, 0, 0], true],
  ],
  /** Tells `GET ` and a TLS ClientHello apart, and logs sentences in place of the term `bad_header`. */
  detectsPeers: [
    [[3, 6, 0], false],
    [[4, 1, 0], true],
  ],
  /** The level of refusals and timeouts. 3.7.0 to 3.7.7: a slip in `log_connection_exception`. */
  refusalsLoggedAs: [
    [[3, 6, 0], 'error'],
    [[3, 7, 0], 'warning'],
    [[3, 7, 8], 'error'],
  ],
  /** How reasons are printed. */
  reasonLetter: [
    [[3, 6, 0], '~p'],
    [[3, 12, 0], '~tp'],
  ],
  /** How the octets of a bad header are printed: their sentence kept `~p` when it came. */
  badHeaderLetter: [
    [[3, 6, 0], '~p'],
    [[3, 12, 0], '~tp'],
    [[4, 1, 0], '~p'],
  ],
  /** The lines around a connection: with the reader's pid (3.x), or with the duration (4.x). */
  connectionLines: [
    [[3, 6, 0], 'pid'],
    [[4, 0, 0], 'duration'],
  ],
  /** The largest frame before Tune-Ok, in octets. */
  initialFrameMax: [
    [[3, 6, 0], 4096],
    [[4, 1, 0], 8192],
  ],
  /** Whether `{handshake_error,_}` names the channel. */
  handshakeErrorNamesChannel: [
    [[3, 6, 0], true],
    [[4, 0, 0], false],
  ],
  /** How a failed tuning is logged. 4.0.0 to 4.1.0 mean the sentence, but crash in printing it. */
  tuningFailure: [
    [[3, 6, 0], 'term'],
    [[3, 7, 8], 'sentence'],
  ],
  /** What AMQP 1.0's states are called while the broker waits in them. rabbit_amqp1_0_reader.erl, rabbit_amqp_reader.erl */
  amqp10HeaderCallback: [
    [[3, 6, 0], 'frame_header_1_0'],
    [[4, 0, 0], 'frame_header'],
  ],
  amqp10BodyCallback: [
    [[3, 6, 0], 'frame_payload_1_0'],
    [[4, 0, 0], 'frame_body'],
  ],
  /**
   * What is looked at in a frame header of AMQP 1.0. 3.x: data offset and type; then also the size, and a frame that is
   * too large is a framing error; at last each of them is one, and the size comes first.
   */
  amqp10FrameChecks: [
    [[3, 6, 0], 'header'],
    [[4, 0, 0], 'header, size'],
    [[4, 3, 5], 'framing'],
  ],
  /** How an error of AMQP 1.0 names its channel. */
  amqp10ErrorNames: [
    [[3, 6, 0], 'channel'],
    [[4, 0, 0], 'channel number'],
  ],
  /** The first word of the entry about a name that the client gave. */
  namedConnection: [
    [[3, 6, 0], 'Connection'],
    [[3, 10, 0], 'connection'],
  ],
  /** Whether closing lines name vhost and user once they are known. */
  namesUser: [
    [[3, 6, 0], false],
    [[3, 6, 10], true],
  ],
  /** The shape of an entry. rabbit_log.erl (3.6), rabbit_lager.erl (3.7, 3.8), rabbit_logger_text_fmt.erl (3.9 on). */
  entryShape: [
    [[3, 6, 0], 'report'],
    [[3, 7, 0], 'first line prefixed'],
    [[3, 9, 0], 'every line prefixed'],
  ],
} as const satisfies { readonly [fact: string]: Since<unknown> };

type Facts = typeof facts;

/** The behaviour of one version of RabbitMQ: its name as it was given or learned (`3.6`, `3.10.8`), and each fact. */
export type Dialect = { readonly name: string } & { readonly [Fact in keyof Facts]: Facts[Fact][number][1] };

/** What a fact is in a version. One that is older than the oldest row is treated as that row. */
function valueAt<Value>(fact: Since<Value>, version: Version): Value {
  const held = fact.filter(([since]) => isSince(version, since));
  return ((held.at(-1) ?? fact[0]) as readonly [Version, Value])[1];
}

/**
 * The dialect of a version of RabbitMQ.
 *
 * @param name a version from 3.6 on; without a patch number it stands for the newest patch of that line
 * @throws RangeError when `name` is no version
 */
export function dialectOf(name: string): Dialect {
  const version = parseVersion(name);
  if (!version) throw new RangeError(`a dialect must be a version of RabbitMQ such as 3.10, not "${name}"`);
  const values = Object.entries<Since<unknown>>(facts).map(([fact, since]) => [fact, valueAt(since, version)]);
  // `facts` is what the type is made of.
  return { name, ...Object.fromEntries(values) } as Dialect;
}

const matches = (matcher: Matcher, octet: number): boolean =>
  matcher === 'any' || (matcher === '9 or more' ? octet >= 9 : matcher === octet);

/** What `dialect` makes of a version quad; `amqp10` says whether its AMQP 1.0 plugin is on (3.x only). */
export function negotiate(quad: Quad, dialect: Dialect, amqp10: boolean): QuadOutcome {
  const rule = dialect.quads.find(({ match }) =>
    match.every((matcher, at) => matches(matcher, quad[at] as number)),
  ) as QuadRule;
  return rule.without && !amqp10 ? rule.without : rule.outcome;
}
