import test from 'ava';
import fc from 'fast-check';
import { dialectOf } from '../../lib/amqp/dialect.js';
import { NOTHING_SAID } from '../../lib/amqp/handshake.js';
import type { Reason } from '../../lib/amqp/reason.js';
import { sentenceOf } from '../../lib/amqp/sentence.js';
import type { Stage } from '../../lib/amqp/stage.js';
import { termOf } from '../../lib/amqp/term.js';
import { endReason } from '../../lib/rules/end-reason.js';
import {
  AMQP,
  AMQP_HEADER,
  begin10,
  close10,
  described,
  frame10,
  list,
  NULL,
  open10,
  SASL,
  SASL_HEADER,
  saslInit,
  saslOutcome,
} from '../support/amqp10.js';
import { ascii, concat, hex, plain, protocolHeader, splits } from '../support/bytes.js';
import { fixture } from '../support/fixture.js';
import { exposed, followed, type Said, type Seen } from '../support/followed.js';
import { circumstances } from '../support/reasons.js';

const follow = (said: readonly Said[], version = '4.3.6') => followed(said, version);

/** The first octets from a real broker: its header and its mechanisms. */
const GREETING = fixture('sasl-mechanisms-4.0.5');
const OPEN = open10('vhost:orders', 'app', '1.2');

/** The steps of a connection that is opened and closed, each with the resulting stage. */
const conversation: readonly (readonly [...Said, Stage])[] = [
  ['client', SASL_HEADER, 'starting'],
  ['upstream', GREETING, 'starting'],
  ['client', saslInit('PLAIN', plain('app', 'hunter2')), 'starting'],
  ['upstream', saslOutcome(0), 'tuning'],
  ['client', AMQP_HEADER, 'tuning'],
  ['upstream', AMQP_HEADER, 'tuning'],
  ['client', OPEN, 'opening'],
  ['upstream', open10('', 'RabbitMQ', '4.3.6'), 'running'],
  ['client', begin10(), 'running'],
  ['client', close10(), 'closing'],
  ['upstream', close10(), 'closed'],
];
const WHOLE = conversation.map(([by, octets]): Said => [by, octets]);

test('each step leads to a stage', (t) => {
  for (const [at, [, , stage]] of conversation.entries())
    t.is(follow(WHOLE.slice(0, at + 1)).follower.stage, stage, String(at));
});

test('a client that begins a session has a channel, also if its session and its close arrive together', (t) => {
  t.false(follow(WHOLE.slice(0, 8)).follower.conversation?.hasChannel);
  t.false(follow([...WHOLE.slice(0, 8), ['client', close10()]]).follower.conversation?.hasChannel);
  t.true(follow(WHOLE.slice(0, 9)).follower.conversation?.hasChannel);
  const together: Said = ['client', concat(begin10(), close10())];
  t.true(follow([...WHOLE.slice(0, 8), together]).follower.conversation?.hasChannel);
});

test('the properties of both sides are known, and frames are reported as methods', (t) => {
  t.deepEqual(exposed(follow(WHOLE)), {
    stage: 'closed',
    handshake: {
      ...NOTHING_SAID,
      product: 'app',
      version: '1.2',
      mechanism: 'PLAIN',
      user: 'app',
      vhost: 'orders',
      channelMax: 255,
      frameMax: 65_536,
      serverProduct: 'RabbitMQ',
      serverVersion: '4.3.6',
      connectionName: 'container',
    },
    hasStart: true,
    hasStartOk: true,
    failure: null,
    pending: null,
    close: { by: 'client', code: null, name: null, text: '' },
    brokerError: null,
    callback: { name: 'amqp10_header', layer: 'amqp' },
    answer: [3, 1, 0, 0],
    passed: [
      'connection.start',
      'connection.start-ok',
      'connection.tune',
      'connection.open',
      'connection.open-ok',
      'connection.close',
      'connection.close-ok',
    ],
  });
});

test('the result does not depend on where the octets are split, in each dialect', (t) => {
  for (const version of ['3.10.8', '4.0.5', '4.3.6']) {
    const whole = exposed(follow(WHOLE, version));
    for (const [at, [by, octets]] of WHOLE.entries()) {
      for (const parts of splits(octets)) {
        const split = parts.map((part): Said => [by, part]);
        t.deepEqual(exposed(follow([...WHOLE.slice(0, at), ...split, ...WHOLE.slice(at + 1)], version)), whole);
      }
    }
  }
});

test('a handshake in one read per side is followed completely', (t) => {
  const spoken = (side: 'client' | 'upstream'): Said => [
    side,
    concat(...WHOLE.filter(([by]) => by === side).map(([, octets]) => octets)),
  ];
  const { follower } = follow([spoken('client'), spoken('upstream')]);
  t.is(follower.stage, 'closed');
  t.deepEqual(follower.conversation?.handshake, follow(WHOLE).follower.conversation?.handshake);
});

test('the login is pending first, then the open', (t) => {
  const pending = WHOLE.map((_, at) => follow(WHOLE.slice(0, at + 1)).follower.conversation?.pending);
  t.deepEqual(pending, [null, null, 'login', null, null, null, 'open', null, null, null, null]);
});

test('3.x also accepts a connection without SASL', (t) => {
  const said: readonly Said[] = [
    ['client', AMQP_HEADER],
    ['upstream', AMQP_HEADER],
    ['client', OPEN],
    ['upstream', open10('', 'RabbitMQ', '3.10.8')],
  ];
  const stages = said.map((_, at) => follow(said.slice(0, at + 1), '3.10.8').follower.stage);
  t.deepEqual(stages, ['starting', 'starting', 'starting', 'running']);
  const { follower, passed } = follow(said, '3.10.8');
  t.like(follower.conversation?.handshake, { user: null, mechanism: null, vhost: 'orders', serverVersion: '3.10.8' });
  t.deepEqual(passed, ['connection.open', 'connection.open-ok']);
});

test('a hostname without a virtual host selects the default one', (t) => {
  const vhost = (hostname: string) =>
    follow([...WHOLE.slice(0, 6), ['client', open10(hostname, 'app', '1')]]).follower.conversation?.handshake.vhost;
  t.deepEqual(['vhost:a', 'vhost:', 'rabbit.example', ''].map(vhost), ['a', '', '/', '/']);
});

test("a broker's close with an error is the first Close, with its condition and description", (t) => {
  const { follower } = follow([...WHOLE.slice(0, 9), ['upstream', close10('amqp:connection:forced', 'shutdown')]]);
  t.is(follower.stage, 'closing');
  t.deepEqual(follower.conversation?.close, {
    by: 'upstream',
    code: null,
    name: 'amqp:connection:forced',
    text: 'shutdown',
  });
});

/** The broker's log text, on one line. */
function logged({ follower }: Seen, version: string): string | null | undefined {
  const failure = follower.conversation?.failure;
  return failure && termOf(failure, dialectOf(version))?.replaceAll(/,\s+/g, ',');
}

const utf8Error = (condition: string, text: string) =>
  `{'v1_0.error',{symbol,<<"${condition}">>},{utf8,<<"${text}">>},undefined}`;
const framing = (state: string, text: string) =>
  `{handshake_error,${state},${utf8Error('amqp:connection:framing-error', text)}}`;
const refused = (begin: string, condition: string, text: string) =>
  `{handshake_error,${begin},${utf8Error(condition, text)}}`;

const LOGGED_IN = WHOLE.slice(0, 4);
const OPENING = WHOLE.slice(0, 6);
const INIT = 'waiting_sasl_init';
const LARGEST = 'maximum frame size (8192 bytes)';
const WRONG_PASSWORD = "PLAIN login refused: user 'guest' - invalid credentials";

const WRONG_LOGIN: readonly Said[] = [
  ...WHOLE.slice(0, 2),
  ['client', saslInit('PLAIN', plain('guest', 'nope'))],
  ['upstream', saslOutcome(1)],
];
const UNKNOWN_MECHANISM: readonly Said[] = [...WHOLE.slice(0, 2), ['client', saslInit('NOPE')]];

/** A frame whose body the broker cannot decode, or does not expect. The text of its error contains a stack trace. */
const trace = (begin: string) =>
  `{handshake_error,${begin},{'v1_0.error',{symbol,<<"amqp:internal-error">>},{utf8,<<...>>},undefined}}`;
const TRACES_IN_SASL = [trace('starting,0'), trace(INIT), trace(INIT)] as const;
const TRACES = [trace('starting,0'), trace('waiting_open'), trace('waiting_open')] as const;

/** Client errors, and what 3.10.8 with its plugin, 4.0.5 and 4.3.6 logged about them. */
const WRONG: readonly (readonly [what: string, said: readonly Said[], terms: readonly (string | null)[]])[] = [
  [
    'a wrong password',
    WRONG_LOGIN,
    [
      refused('starting,0', 'amqp:unauthorized-access', WRONG_PASSWORD),
      refused(INIT, 'amqp:unauthorized-access', WRONG_PASSWORD),
      refused(INIT, 'amqp:unauthorized-access', WRONG_PASSWORD),
    ],
  ],
  [
    'an unknown mechanism',
    UNKNOWN_MECHANISM,
    [
      refused('starting,0', 'amqp:not-found', "unknown authentication mechanism 'NOPE'"),
      refused(INIT, 'amqp:not-found', "unknown authentication mechanism 'NOPE'"),
      refused(INIT, 'amqp:not-found', "unknown authentication mechanism 'NOPE'"),
    ],
  ],
  [
    'garbage',
    [...WHOLE.slice(0, 2), ['client', ascii('garbage1garbage2')]],
    [
      '{bad_1_0_header_type,<<"garbage1">>,sasl}',
      '{bad_1_0_header_type,<<"garbage1">>,sasl}',
      framing(INIT, `frame size (1734439522 bytes) > ${LARGEST}`),
    ],
  ],
  [
    'a data offset of 1',
    [...WHOLE.slice(0, 2), ['client', frame10(SASL, hex(''), { dataOffset: 1, size: 32 })]],
    [
      '{bad_1_0_header,<<0,0,0,32,1,1,0,0>>}',
      '{bad_1_0_header,<<0,0,0,32,1,1,0,0>>}',
      framing(INIT, 'data offset (1) < minimum data offset (2)'),
    ],
  ],
  [
    'a size of 7',
    [...WHOLE.slice(0, 2), ['client', frame10(SASL, hex(''), { size: 7 })]],
    ['badarg', 'badarg', framing(INIT, 'frame size (7 bytes) < minimum frame size (8 bytes)')],
  ],
  [
    'an AMQP frame in the SASL layer',
    [...WHOLE.slice(0, 2), ['client', frame10(AMQP, hex('00'), { size: 32 })]],
    [
      '{bad_1_0_header_type,<<0,0,0,32,2,0,0,0>>,sasl}',
      '{bad_1_0_header_type,<<0,0,0,32,2,0,0,0>>,sasl}',
      framing(INIT, 'unexpected frame type 0 in sasl mode (expected 1)'),
    ],
  ],
  [
    'a wrong second header',
    [...LOGGED_IN, ['client', protocolHeader(0, 0, 9, 1)]],
    [
      '{bad_input,handshake,<<65,77,81,80,0,0,9,1>>}',
      '{bad_input,handshake,<<65,77,81,80,0,0,9,1>>}',
      '{bad_input,handshake,<<65,77,81,80,0,0,9,1>>}',
    ],
  ],
  [
    'the header of SASL again, which 3.x accepts',
    [...LOGGED_IN, ['client', SASL_HEADER]],
    [null, '{bad_input,handshake,<<65,77,81,80,3,1,0,0>>}', '{bad_input,handshake,<<65,77,81,80,3,1,0,0>>}'],
  ],
  [
    'a data offset after the end of the frame',
    [...WHOLE.slice(0, 2), ['client', frame10(SASL, new Uint8Array(8), { dataOffset: 255 })]],
    ['{badmatch,<<...>>}', '{badmatch,<<...>>}', framing(INIT, 'data offset (1020 bytes) > frame size (16 bytes)')],
  ],
  [
    'a data offset of 3 in a frame of only a header',
    [...WHOLE.slice(0, 2), ['client', frame10(SASL, hex(''), { dataOffset: 3 })]],
    [null, null, framing(INIT, 'data offset (12 bytes) > frame size (8 bytes)')],
  ],
  [
    'a data offset after the end before open',
    [...OPENING, ['client', frame10(AMQP, new Uint8Array(11), { dataOffset: 5, channel: 7 })]],
    [
      '{badmatch,<<...>>}',
      '{badmatch,<<...>>}',
      framing('waiting_open', 'data offset (20 bytes) > frame size (19 bytes)'),
    ],
  ],
  [
    'a frame without a body',
    [...OPENING, ['client', frame10(AMQP, hex('00000000'), { dataOffset: 3 })]],
    [TRACES[0], TRACES[1], null],
  ],
  ['zeros as a login', [...WHOLE.slice(0, 2), ['client', frame10(SASL, new Uint8Array(8))]], TRACES_IN_SASL],
  ['an open as a login', [...WHOLE.slice(0, 2), ['client', frame10(SASL, OPEN.subarray(8))]], TRACES_IN_SASL],
  [
    'a login with a payload',
    [...WHOLE.slice(0, 2), ['client', frame10(SASL, concat(saslInit().subarray(8), hex('00')))]],
    TRACES_IN_SASL,
  ],
  ['begin before open', [...OPENING, ['client', begin10()]], TRACES],
  [
    'open on channel 1',
    [...OPENING, ['client', frame10(AMQP, OPEN.subarray(8), { channel: 1 })]],
    [null, ...Array<string>(2).fill(framing('waiting_open', 'channel number (1) exceeds maximum channel number (0)'))],
  ],
  [
    'garbage after SASL',
    [...OPENING, ['client', ascii('garbage1garbage2')]],
    [
      '{bad_1_0_header_type,<<"garbage1">>,amqp}',
      '{bad_1_0_header_type,<<"garbage1">>,amqp}',
      framing('waiting_open', `frame size (1734439522 bytes) > ${LARGEST}`),
    ],
  ],
];
const VERSIONS = ['3.10.8', '4.0.5', '4.3.6'] as const;

for (const [what, said, terms] of WRONG) {
  test(`${what} is logged as real brokers logged it, wherever it is split`, (t) => {
    for (const [at, version] of VERSIONS.entries()) {
      t.is(logged(follow(said, version), version), terms[at], version);
      const octets = said.flatMap(([by, each]) => Array.from(each, (octet): Said => [by, Uint8Array.of(octet)]));
      t.is(logged(follow(octets, version), version), terms[at], `${version}, octet by octet`);
    }
  });
}

test('an unknown mechanism is an error even if the client did not wait for the mechanisms', (t) => {
  const known: readonly Said[] = [...WHOLE.slice(0, 2), ['client', saslInit('NOPE')]];
  // The broker does not end the connection because of later errors.
  for (const more of [hex(''), AMQP_HEADER, concat(AMQP_HEADER, OPEN)]) {
    const said: readonly Said[] = [
      ['client', concat(SASL_HEADER, saslInit('NOPE'), more)],
      ['upstream', GREETING],
    ];
    for (const version of VERSIONS)
      t.is(logged(follow(said, version), version), logged(follow(known, version), version));
  }
});

test('after a refused login or an unknown mechanism nothing is pending, and that error is the reason', (t) => {
  for (const said of [
    WRONG_LOGIN,
    UNKNOWN_MECHANISM,
    [
      ['client', concat(SASL_HEADER, saslInit('NOPE'))],
      ['upstream', GREETING],
    ],
  ] as const satisfies readonly (readonly Said[])[]) {
    const { answer, conversation } = follow(said).follower;
    t.is(conversation?.pending, null);
    for (const by of ['client', 'upstream'] as const) {
      const { reason } = endReason({
        by,
        clientSent: by === 'client' ? 'fin' : null,
        vanished: false,
        upstreamClosed: true,
        isChanged: false,
        received: 100,
        stopped: false,
        timedOut: false,
        unreachable: null,
        header: SASL_HEADER,
        quad: [3, 1, 0, 0],
        answer,
        followed: conversation,
        unobserved: false,
        lasted: 6_000,
        silent: 6_000,
        unanswered: 3_000,
        handshakeTimeout: 10_000,
      });
      t.deepEqual<unknown, unknown>(reason, conversation?.failure);
    }
  }
});

test('a frame of 1 MiB is too large from 4.0 on', (t) => {
  const said: readonly Said[] = [...WHOLE.slice(0, 2), ['client', frame10(SASL, hex('00'), { size: 1_048_576 })]];
  const text = `frame size (1048576 bytes) > ${LARGEST}`;
  t.deepEqual(
    VERSIONS.map((version) => logged(follow(said, version), version)),
    [null, framing(INIT, text), framing(INIT, text)],
  );
});

test('a large frame is not an error once the connection is open', (t) => {
  const large = frame10(AMQP, concat(described(0x14, list()), new Uint8Array(20_000)));
  const { follower } = follow([...WHOLE.slice(0, 8), ['client', concat(large, close10())]]);
  t.is(follower.conversation?.failure, null);
  t.is(follower.conversation?.broken, null);
  t.is(follower.stage, 'closing');
});

for (const [what, octets, term] of [
  ['a data offset of 1', frame10(AMQP, hex(''), { dataOffset: 1, size: 32 }), '{bad_1_0_header,<<0,0,0,32,1,0,0,0>>}'],
  ['a SASL frame', frame10(SASL, hex('00')), '{bad_1_0_header_type,<<0,0,0,9,2,1,0,0>>,amqp}'],
  ['a size of 7', frame10(AMQP, hex(''), { size: 7 }), 'badarg'],
  ['a data offset after the end', frame10(AMQP, new Uint8Array(8), { dataOffset: 255 }), '{badmatch,<<...>>}'],
] as const) {
  test(`${what} on an open connection ends it without a reply before 4.3.5, and is unreadable`, (t) => {
    for (const version of VERSIONS) {
      const { conversation } = follow([...WHOLE.slice(0, 9), ['client', octets]], version).follower;
      const broken = conversation?.broken;
      t.is(broken && termOf(broken, dialectOf(version)), version === '4.3.6' ? null : term, version);
      t.is(conversation?.unreadable, 'client', version);
    }
  });
}

test('after a framing error on an open connection, 4.3 reads the next frame', (t) => {
  const { follower } = follow([...WHOLE.slice(0, 9), ['client', concat(frame10(SASL, hex('')), close10())]]);
  t.is(follower.stage, 'closing');
});

for (const [what, said, terms] of [
  ['between SASL frames', WHOLE.slice(0, 2), ['{frame_header_1_0,sasl}', '{frame_header,sasl}', '{frame_header,sasl}']],
  [
    'in half a frame header',
    [...WHOLE.slice(0, 2), ['client', hex('000000')]],
    ['{frame_header_1_0,sasl}', '{frame_header,sasl}', '{frame_header,sasl}'],
  ],
  [
    'in half a frame',
    [...WHOLE.slice(0, 2), ['client', frame10(SASL, hex('00'), { size: 32 })]],
    ['{frame_payload_1_0,sasl,2,0}', '{frame_body,sasl,2,0}', '{frame_body,sasl,2,0}'],
  ],
  ['before the second header', LOGGED_IN, ['handshake', 'handshake', 'handshake']],
  ['in the second header', [...LOGGED_IN, ['client', ascii('AMQP')]], ['handshake', 'handshake', 'handshake']],
  ['before open', OPENING, ['{frame_header_1_0,amqp}', '{frame_header,amqp}', '{frame_header,amqp}']],
] as const satisfies readonly (readonly [string, readonly Said[], readonly [string, string, string]])[]) {
  test(`a timeout ${what} is logged as real brokers logged it`, (t) => {
    for (const [at, version] of VERSIONS.entries()) {
      const callback = follow(said, version).follower.conversation?.callback;
      const reason: Reason = { name: 'handshake_timeout', callback: callback ?? { name: 'handshake' } };
      t.is(termOf(reason, dialectOf(version)), `{handshake_timeout,${terms[at]}}`, version);
    }
  });
}

/** No two of its octets occur anywhere else. */
const SECRET = 'zZyYxXwWvVuU';
const secret = ascii(SECRET);
const tail = frame10(SASL, hex('')).length;

for (const [what, octets] of [
  ['PLAIN', saslInit('PLAIN', plain('app', SECRET))],
  ['PLAIN that is only a password', saslInit('PLAIN', secret)],
  ['PLAIN without a user', saslInit('PLAIN', ascii(`\0${SECRET}`))],
  ['PLAIN with an extra NUL', saslInit('PLAIN', ascii(`\0app\0${SECRET}\0`))],
  ['an unknown mechanism', saslInit('NOPE', secret)],
  ['ANONYMOUS', saslInit('ANONYMOUS', secret)],
  [
    'a response to a challenge',
    frame10(SASL, described(0x43, list(concat(Uint8Array.of(0xa0, secret.length), secret)))),
  ],
  [
    'a malformed mechanism',
    frame10(SASL, described(0x41, list(NULL, concat(Uint8Array.of(0xa0, secret.length), secret)))),
  ],
] as const) {
  test(`no secret is shown, in a good frame or in one with a wrong size: ${what}`, (t) => {
    const sizes = Array.from({ length: octets.length - tail + 4 }, (_, at) => tail + at);
    for (const version of ['3.6', ...VERSIONS]) {
      for (const size of [octets.length, ...sizes]) {
        const sized = Uint8Array.from(octets);
        new DataView(sized.buffer).setUint32(0, size);
        for (const outcome of [0, 1]) {
          const seen = follow(
            [...WHOLE.slice(0, 2), ['client', sized], ['upstream', saslOutcome(outcome)], ['client', AMQP_HEADER]],
            version,
          );
          const failure = seen.follower.conversation?.failure;
          const told = failure && [termOf(failure, dialectOf(version)), sentenceOf(failure, circumstances())];
          t.deepEqual(leaks(JSON.stringify([exposed(seen), told])), [], `${version}, size ${size}`);
        }
      }
    }
  });
}

/** Parts of the secret, two octets each, that occur in the text: as characters, as decimals, or in a number. */
function leaks(text: string): readonly string[] {
  const numbers = Array.from(secret.subarray(3), (_, at) =>
    new DataView(secret.buffer, secret.byteOffset + at).getUint32(0),
  );
  const pairs = Array.from(SECRET.slice(1), (_, at) => SECRET.slice(at, at + 2));
  return [
    ...pairs.filter((pair) => text.includes(pair) || text.includes(Array.from(ascii(pair)).join(','))),
    ...numbers.map(String).filter((number) => text.includes(number)),
  ];
}

const anySaid = fc.array(
  fc.tuple(
    fc.constantFrom('client' as const, 'upstream' as const),
    fc.oneof(fc.uint8Array({ maxLength: 30 }), fc.constantFrom(...WHOLE.map(([, octets]) => octets))),
  ),
  { maxLength: 12 },
);

test('the follower never throws', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(anySaid, (said) => void exposed(follow([['client', SASL_HEADER], ...said]))),
      { numRuns: 300 },
    ),
  );
});

test('the follower does not throw if any one octet of the conversation is wrong', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.nat(WHOLE.length - 1), fc.nat(200), fc.nat(255), (which, at, octet) => {
        const changed = WHOLE.map(([by, said], nth): Said => {
          const copy = Uint8Array.from(said);
          if (nth === which) copy[at % copy.length] = octet;
          return [by, copy];
        });
        exposed(follow(changed));
      }),
      { numRuns: 300 },
    ),
  );
});

test('a SASL frame that the broker has accepted is not an error, even if its dialect forbids the size', (t) => {
  const login = saslInit('PLAIN', plain('app', 'x'.repeat(9_000)));
  const said: readonly Said[] = [
    ['client', SASL_HEADER],
    ['upstream', GREETING],
    ['client', login],
  ];
  t.not(follow(said, '4.0.5').follower.conversation?.failure, null);
  const { follower } = follow([...said, ['upstream', saslOutcome(0)]], '4.0.5');
  t.is(follower.conversation?.failure, null);
});

test('an error after SASL is not excused by the outcome that was sent before it', (t) => {
  const said: readonly Said[] = [
    ['client', concat(SASL_HEADER, saslInit(), protocolHeader(0, 0, 9, 1))],
    ['upstream', concat(GREETING, saslOutcome(0))],
  ];
  t.not(follow(said).follower.conversation?.failure, null);
});
