import test from 'ava';
import fc from 'fast-check';
import { type Dialect, dialectOf, negotiate, type QuadOutcome } from '../../lib/amqp/dialect.js';
import { type Quad, toHex } from '../../lib/amqp/header.js';
import { isSince, parseVersion, type Version } from '../../lib/amqp/version.js';
import { A31, A91 } from '../support/bytes.js';

type FactName = Exclude<keyof Dialect, 'name' | 'quads'>;

/** Each fact with the versions at which it changes, and its value from that version on. */
const facts: Readonly<Record<FactName, readonly (readonly [since: string, value: string | boolean | number])[]>> = {
  badHeaderFarewell: [
    ['3.6.0', A91],
    ['4.0.0', A31],
  ],
  amqp10Native: [
    ['3.6.0', false],
    ['4.0.0', true],
  ],
  detectsPeers: [
    ['3.6.0', false],
    ['4.1.0', true],
  ],
  refusalsLoggedAs: [
    ['3.6.0', 'error'],
    ['3.7.0', 'warning'],
    ['3.7.8', 'error'],
  ],
  reasonLetter: [
    ['3.6.0', '~p'],
    ['3.12.0', '~tp'],
  ],
  badHeaderLetter: [
    ['3.6.0', '~p'],
    ['3.12.0', '~tp'],
    ['4.1.0', '~p'],
  ],
  connectionLines: [
    ['3.6.0', 'pid'],
    ['4.0.0', 'duration'],
  ],
  initialFrameMax: [
    ['3.6.0', 4096],
    ['4.1.0', 8192],
  ],
  handshakeErrorNamesChannel: [
    ['3.6.0', true],
    ['4.0.0', false],
  ],
  tuningFailure: [
    ['3.6.0', 'term'],
    ['3.7.8', 'sentence'],
  ],
  amqp10HeaderCallback: [
    ['3.6.0', 'frame_header_1_0'],
    ['4.0.0', 'frame_header'],
  ],
  amqp10BodyCallback: [
    ['3.6.0', 'frame_payload_1_0'],
    ['4.0.0', 'frame_body'],
  ],
  amqp10FrameChecks: [
    ['3.6.0', 'header'],
    ['4.0.0', 'header, size'],
    ['4.3.5', 'framing'],
  ],
  amqp10EmptyFrame: [
    ['3.6.0', 'error'],
    ['4.3.5', 'ignored'],
  ],
  amqp10ChecksChannel: [
    ['3.6.0', false],
    ['4.0.0', true],
  ],
  amqp10ErrorNames: [
    ['3.6.0', 'channel'],
    ['4.0.0', 'channel number'],
  ],
  amqp10Capabilities: [
    ['3.6.0', ''],
    ['4.0.0', 'LINK_PAIR_V1_0 ANONYMOUS-RELAY'],
    ['4.4.0', 'LINK_PAIR_V1_0 ANONYMOUS-RELAY SHARED-SUBS'],
  ],
  proxyHeaderFailure: [
    ['3.6.0', 'debug'],
    ['3.7.10', 'crash'],
    ['3.7.13', 'error'],
    ['3.7.24', 'debug'],
    ['3.8.0', 'error'],
    ['3.8.3', 'debug'],
  ],
  proxyHeaderTimeout: [
    ['3.6.0', 3000],
    ['3.7.10', 1000],
    ['3.7.13', 3000],
  ],
  namedConnection: [
    ['3.6.0', 'Connection'],
    ['3.10.0', 'connection'],
  ],
  namesUser: [
    ['3.6.0', false],
    ['3.6.10', true],
  ],
  otp: [
    ['3.6.0', 23],
    ['3.9.0', 25],
    ['3.12.0', 27],
  ],
  tlsFailure: [
    ['3.6.0', 'nothing'],
    ['3.9.0', 'notice'],
    ['4.1.1', 'error'],
    ['4.3.1', 'error or warning'],
  ],
  entryShape: [
    ['3.6.0', 'report'],
    ['3.7.0', 'first line prefixed'],
    ['3.9.0', 'every line prefixed'],
  ],
};

const versionOf = (text: string): Version => parseVersion(text) as Version;

/** The versions on both sides of every change, in order. */
const versions = [
  ...[
    '3.6.0',
    '3.6.9',
    '3.6.10',
    '3.6.16',
    '3.7.0',
    '3.7.7',
    '3.7.8',
    '3.7.9',
    '3.7.10',
    '3.7.12',
    '3.7.13',
    '3.7.23',
    '3.7.24',
    '3.7.28',
    '3.8.0',
    '3.8.2',
    '3.8.3',
    '3.8.35',
    '3.9.0',
    '3.9.29',
    '3.10.0',
    '3.11.28',
  ],
  ...[
    '3.12.0',
    '3.13.7',
    '4.0.0',
    '4.0.9',
    '4.1.0',
    '4.1.1',
    '4.2.6',
    '4.3.0',
    '4.3.1',
    '4.3.4',
    '4.3.5',
    '4.3.6',
    '4.4.0',
    '5.0.0',
  ],
];

for (const [name, changes] of Object.entries(facts) as [FactName, (typeof facts)[FactName]][]) {
  test(`${name} is ${changes.map(([since, value]) => `${value} from ${since}`).join(', ')} on`, (t) => {
    for (const version of versions) {
      const reached = changes.filter(([since]) => isSince(versionOf(version), versionOf(since)));
      const value = dialectOf(version)[name];
      t.is<unknown, unknown>(value instanceof Uint8Array ? toHex(value) : value, reached.at(-1)?.[1], version);
    }
  });
}

test('the versions have both sides of every change', (t) => {
  for (const [since] of Object.values(facts).flat()) t.true(versions.includes(since), since);
});

test('a version without a patch number is the newest patch release', (t) => {
  t.true(dialectOf('3.6').namesUser);
  t.is(dialectOf('3.7').refusalsLoggedAs, 'error');
  for (const [line, newest] of [
    ['3.6', '3.6.16'],
    ['3.7', '3.7.28'],
    ['3.8', '3.8.35'],
    ['3.11', '3.11.28'],
    ['4.0', '4.0.9'],
  ] as const) {
    t.deepEqual({ ...dialectOf(line), name: '' }, { ...dialectOf(newest), name: '' });
  }
});

test('3.10 is not 3.1', (t) => t.is(dialectOf('3.10').entryShape, 'every line prefixed'));

test('a version older than 3.6 has the dialect of 3.6.0', (t) => {
  for (const old of ['0.0', '2.8.7', '3.5', '3.5.8']) {
    t.deepEqual({ ...dialectOf(old), name: '' }, { ...dialectOf('3.6.0'), name: '' });
  }
});

test('a dialect keeps its name unchanged', (t) => {
  for (const name of ['3.10', '3.10.8', '4.1.0-rc.1']) t.is(dialectOf(name).name, name);
});

for (const garbage of ['', 'auto', 'latest', '3', 'v4.0', '4,0', '3.1o.8', '3.10 8', '-4.0', '∞.0']) {
  test(`"${garbage}" is not a dialect`, (t) => {
    t.throws(() => dialectOf(garbage), {
      instanceOf: RangeError,
      message: `a dialect must be a version of RabbitMQ such as 3.10, not "${garbage}"`,
    });
  });
}

const shown = (outcome: QuadOutcome): string =>
  outcome === 'accept' ? outcome : `${outcome.reason} ${toHex(outcome.farewell)}`;

/** The tables of versions 3.6.0 to 3.13.7, from `handshake` in rabbit_reader.erl and the plugin's reader. */
function expected3([a, b, c, d]: Quad, plugin: boolean): string {
  if (['0,0,9,1', '1,1,0,9', '1,1,8,0', '1,1,9,1'].includes(`${a},${b},${c},${d}`)) return 'accept';
  if (b !== 1 || c !== 0 || d !== 0) return `bad_version ${A91}`;
  if (!plugin) return `amqp1_0_plugin_not_enabled ${A91}`;
  return a === 0 || a === 3 ? 'accept' : `unsupported_amqp1_0_protocol_id ${A31}`;
}

/** The table from version 4.0.0 on, from `version_negotiation` and `refuse_connection`. */
function expected4([a, b, c, d]: Quad): string {
  if (b === 1 && c === 0 && d === 0) return a === 3 ? 'accept' : `sasl_required ${A31}`;
  if (['0,0,9,1', '1,1,0,9'].includes(`${a},${b},${c},${d}`)) return 'accept';
  return `bad_version ${a === 0 && b === 0 && c >= 9 ? A91 : A31}`;
}

/** The first and last version of both generations, with and without AMQP 1.0, and the expected outcomes. */
const generations = ['3.6.0', '3.13.7', '4.0.0', '4.3.6'].flatMap((version) =>
  [true, false].map((amqp10) => ({
    version,
    amqp10,
    expected: (quad: Quad) => (version.startsWith('3') ? expected3(quad, amqp10) : expected4(quad)),
  })),
);

for (const { version, amqp10, expected } of generations) {
  const dialect = dialectOf(version);
  const title = `${version} ${amqp10 ? 'with' : 'without'} the AMQP 1.0 plugin`;

  test(`${title} decides each of the 256 protocol ids of AMQP 1.0 according to its table`, (t) => {
    for (let id = 0; id < 256; id++) t.is(shown(negotiate([id, 1, 0, 0], dialect, amqp10)), expected([id, 1, 0, 0]));
  });

  test(`${title} decides every quad according to its table`, (t) => {
    const likely = fc.constantFrom(0, 1, 3, 8, 9, 10);
    const octet = fc.oneof(likely, fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.tuple(octet, octet, octet, octet), (quad) => {
        t.is(shown(negotiate(quad, dialect, amqp10)), expected(quad));
      }),
      { numRuns: 2000 },
    );
  });
}

test('the farewell of 4.x to a later 0-x does not depend on the last octet', (t) => {
  const by4 = (...quad: Quad) => shown(negotiate(quad, dialectOf('4.0'), false));
  for (const last of [0, 2, 255]) t.is(by4(0, 0, 9, last), `bad_version ${A91}`);
  for (const minor of [9, 10, 255]) t.is(by4(0, 0, minor, 0), `bad_version ${A91}`);
  t.is(by4(0, 0, 8, 0), `bad_version ${A31}`);
  t.is(by4(1, 0, 9, 1), `bad_version ${A31}`);
  t.is(by4(0, 9, 9, 1), `bad_version ${A31}`);
});
