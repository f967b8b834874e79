import test from 'ava';
import type { BrokerError } from '../../lib/amqp/broker-error.js';
import { NOTHING_SAID } from '../../lib/amqp/handshake.js';
import { quadOf } from '../../lib/amqp/header.js';
import { type End, endReason } from '../../lib/rules/end-reason.js';
import { ascii, clientHello, httpGet, protocolHeader } from '../support/bytes.js';
import { FORCED, REASONS } from '../support/reasons.js';

const GOOD = protocolHeader(0, 0, 9, 1);

const GOODBYE = { by: 'client', code: 200, name: 'SUCCESS', text: 'Goodbye' } as const;

/** The conversation of an open connection, with the given changes. */
const followed = (facts: Partial<NonNullable<End['followed']>> = {}): End['followed'] => ({
  stage: 'running',
  handshake: { ...NOTHING_SAID, mechanism: 'PLAIN', user: 'app', heartbeat: 60 },
  hasStart: true,
  answersRefusedLogin: false,
  pending: null,
  failure: null,
  broken: null,
  refusedOpen: null,
  close: null,
  brokerError: null,
  callback: { name: 'frame_header' },
  ...facts,
});

const refusedOpen = (explanation: string): BrokerError => ({
  ...FORCED,
  code: 530,
  text: `NOT_ALLOWED - ${explanation}`,
  stage: 'opening',
});
const FORCED_END: Partial<End> = { by: 'upstream', followed: followed({ brokerError: FORCED }) };

const end = (facts: Partial<End> = {}): End => ({
  by: 'client',
  clientSent: 'fin',
  upstreamClosed: true,
  vanished: false,
  isChanged: false,
  received: 200,
  stopped: false,
  timedOut: false,
  unreachable: null,
  header: GOOD,
  quad: quadOf(facts.header ?? GOOD) ?? null,
  answer: null,
  followed: null,
  unobserved: false,
  lasted: 100,
  silent: 0,
  unanswered: 0,
  handshakeTimeout: 10_000,
  ...facts,
});

for (const [title, facts, reason] of [
  [
    'a broker that vanished during the handshake has not timed out',
    {
      by: 'upstream',
      clientSent: null,
      vanished: true,
      lasted: 70_000,
      followed: followed({ stage: 'starting' }),
    },
    { name: 'upstream_closed' },
  ],
  [
    'a client that vanished was not a health check',
    { clientSent: null, vanished: true, received: 0 },
    { name: 'connection_closed_abruptly' },
  ],
  ...(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS', 'ENOMEM'] as const).map(
    (code) =>
      [
        `a dial that fails with ${code} has reached a limit of this machine`,
        { by: 'proxy', unreachable: code },
        { name: 'limit', limit: 'dial', code },
      ] as const,
  ),
  [
    'an unreachable upstream is the reason, with its error code',
    { by: 'proxy', unreachable: 'ECONNREFUSED' },
    { name: 'upstream_unreachable', code: 'ECONNREFUSED' },
  ],
  ['a stopped proxy is the reason', { by: 'proxy', stopped: true }, { name: 'shutdown' }],
  [
    'a Close from the client is a clean end, whichever side ended TCP first',
    { by: 'upstream', followed: followed({ stage: 'closed', close: GOODBYE }) },
    { name: 'connection_closed', error: null },
  ],
  [
    'the proxy’s deadline counts as the broker’s timeout',
    { by: 'proxy', timedOut: true, followed: followed() },
    { name: 'handshake_timeout', callback: { name: 'frame_header' } },
  ],
  ...(['login', 'open'] as const).map(
    (pending) =>
      [
        `an unanswered ${pending} that the proxy’s deadline ended`,
        {
          by: 'proxy',
          timedOut: true,
          upstreamClosed: false,
          followed: followed({ stage: 'starting', pending, refusedOpen: REASONS.handshake_error }),
          unanswered: 9_980,
          lasted: 10_000,
        },
        { name: 'handshake_timeout', callback: { name: 'frame_header' } },
      ] as const,
  ),
  [
    'a client error that the broker did not act on before the proxy’s deadline',
    {
      by: 'proxy',
      timedOut: true,
      upstreamClosed: false,
      followed: followed({ stage: 'starting', failure: REASONS.handshake_error }),
      unanswered: 9_980,
      lasted: 10_000,
    },
    { name: 'handshake_timeout', callback: { name: 'frame_header' } },
  ],
  ...(['client', 'upstream'] as const).map(
    (by) =>
      [
        `a Close from the client without Close-Ok, after which the ${by} ended TCP`,
        { by, clientSent: by === 'client' ? 'fin' : null, followed: followed({ stage: 'closing', close: GOODBYE }) },
        { name: by === 'client' ? 'connection_closed_abruptly' : 'upstream_closed' },
      ] as const,
  ),
  ['a Close from the broker with an error is that error', FORCED_END, { name: 'connection_closed', error: FORCED }],
  [
    'a missing vhost',
    { followed: followed({ brokerError: refusedOpen('vhost a not found') }) },
    { name: 'vhost_not_found', text: 'vhost a not found' },
  ],
  [
    'a forbidden vhost',
    { followed: followed({ brokerError: refusedOpen("access to vhost '/' refused for user 'app'") }) },
    { name: 'access_refused', text: "access to vhost '/' refused for user 'app'" },
  ],
  ['an upstream that ended first', { by: 'upstream' }, { name: 'upstream_closed' }],
  ['a client that ended first', { by: 'client' }, { name: 'connection_closed_abruptly' }],
  [
    'a client that ended before it sent anything',
    { received: 0, header: ascii('') },
    { name: 'connection_closed_with_no_data_received' },
  ],
  [
    'a client that ended within its header',
    { received: 4, header: ascii('AMQP') },
    { name: 'connection_closed_abruptly' },
  ],
] as const satisfies readonly (readonly [string, Partial<End>, unknown])[]) {
  test(`${title}: ${reason.name}, not inferred`, (t) => {
    t.deepEqual<unknown, unknown>(endReason(end(facts)), { reason, inferred: false });
  });
}

const badHeader = (octets: Uint8Array, detail: string) => ({ name: 'bad_header', detail, octets });
const [lower, get, tls] = [ascii('amqp0091'), httpGet('/').subarray(0, 8), clientHello().subarray(0, 8)];

for (const [title, header, answer, reason] of [
  ['text instead of a header', lower, [0, 0, 9, 1], badHeader(lower, 'other')],
  ['a GET', get, [3, 1, 0, 0], badHeader(get, 'detected_http_get')],
  ['a ClientHello', tls, [3, 1, 0, 0], badHeader(tls, 'detected_tls')],
  ['a version in digits', ascii('AMQP0091'), [0, 0, 9, 1], { name: 'bad_version', quad: [48, 48, 57, 49] }],
  ['0-8 to a 4.x broker', protocolHeader(1, 1, 8, 0), [3, 1, 0, 0], { name: 'bad_version', quad: [1, 1, 8, 0] }],
  ['AMQP 1.0 without its plugin', protocolHeader(3, 1, 0, 0), [0, 0, 9, 1], { name: 'amqp1_0_plugin_not_enabled' }],
  ['AMQP 1.0 without SASL', protocolHeader(0, 1, 0, 0), [3, 1, 0, 0], { name: 'sasl_required', protocolId: 0 }],
] as const) {
  test(`${title} that the broker answered with ${answer.join(' ')} is ${reason.name}, inferred`, (t) => {
    for (const by of ['client', 'upstream'] as const) {
      t.deepEqual<unknown, unknown>(endReason(end({ by, header, answer })), { reason, inferred: true });
    }
  });
}

test('an echoed header is not a refusal', (t) => {
  const header = protocolHeader(3, 1, 0, 0);
  t.is(endReason(end({ header, answer: [3, 1, 0, 0] })).reason.name, 'connection_closed_abruptly');
});

test('an upstream that speaks first is not a refusal', (t) => {
  t.is(endReason(end({ header: ascii('AMQP'), answer: [0, 0, 9, 1] })).reason.name, 'connection_closed_abruptly');
});

const login = { stage: 'starting', pending: 'login' } as const;
const AUTH = REASONS.auth_failure;
const TIMEOUT = { name: 'handshake_timeout', callback: { name: 'frame_header' } } as const;
const HEARTBEATS = { name: 'missed_heartbeats', timeout: 60 } as const;

for (const [title, facts, reason] of [
  ['a login that was not answered for 3 s', { by: 'upstream', followed: followed(login), unanswered: 3_010 }, AUTH],
  ['a login that was not answered before the client closed', { by: 'client', followed: followed(login) }, AUTH],
  [
    'a login whose refusal ended after the handshake timeout',
    { by: 'upstream', followed: followed(login), unanswered: 3_010, lasted: 11_500 },
    AUTH,
  ],
  [
    'a Close from the client that it reset before the broker answered',
    { clientSent: 'rst', upstreamClosed: false, followed: followed({ stage: 'closing', close: GOODBYE }) },
    { name: 'connection_closed_abruptly' },
  ],
  [
    'a Close from the broker in answer to a login',
    { by: 'upstream', followed: followed({ brokerError: { ...FORCED, code: 403, stage: 'starting' } }) },
    AUTH,
  ],
  [
    'an error of the client, whichever side ended the connection',
    { by: 'client', upstreamClosed: false, followed: followed({ stage: 'tuning', failure: REASONS.handshake_error }) },
    REASONS.handshake_error,
  ],
  [
    'an AMQP 1.0 open that was not answered for 3 s',
    {
      by: 'upstream',
      followed: followed({ stage: 'opening', pending: 'open', refusedOpen: REASONS.handshake_error }),
      unanswered: 3_010,
    },
    REASONS.handshake_error,
  ],
  ['a silence of two heartbeats', { by: 'upstream', followed: followed(), silent: 121_000 }, HEARTBEATS],
  [
    'an AMQP 1.0 open that was not answered for 3 s, after the client had closed',
    {
      followed: followed({ stage: 'opening', pending: 'open', refusedOpen: REASONS.handshake_error }),
      unanswered: 3_010,
    },
    REASONS.handshake_error,
  ],
  [
    'a login that a stuck broker found after its handshake timeout',
    { by: 'upstream', followed: followed(login), unanswered: 9_900, lasted: 12_000 },
    TIMEOUT,
  ],
  [
    'a client error that a stuck broker found after its handshake timeout',
    {
      by: 'upstream',
      followed: followed({ stage: 'tuning', failure: REASONS.handshake_error }),
      unanswered: 9_900,
      lasted: 12_000,
    },
    TIMEOUT,
  ],
  [
    'an upstream that ended the connection at the handshake timeout',
    { by: 'upstream', followed: followed({ stage: 'tuning' }), lasted: 10_003 },
    { name: 'handshake_timeout', callback: { name: 'frame_header' } },
  ],
  [
    'a connection that was not followed',
    { by: 'client', followed: followed(), unobserved: true },
    { name: 'connection_closed', error: null },
  ],
] as const satisfies readonly (readonly [string, Partial<End>, unknown])[]) {
  test(`${title} is ${reason.name}, inferred`, (t) => {
    t.deepEqual<unknown, unknown>(endReason(end(facts)), { reason, inferred: true });
  });
}

for (const [title, facts, name] of [
  [
    'a login that was not answered yet',
    { by: 'upstream', followed: followed(login), unanswered: 50 },
    'upstream_closed',
  ],
  [
    'a login whose refusal would have been sent, and was not',
    { by: 'upstream', followed: followed({ ...login, answersRefusedLogin: true }), unanswered: 3_010 },
    'upstream_closed',
  ],
  [
    'such a login, after which the client closed',
    { followed: followed({ ...login, answersRefusedLogin: true }) },
    'connection_closed_abruptly',
  ],
  [
    'a login that came before the broker’s Start',
    { by: 'upstream', followed: followed({ ...login, hasStart: false }), unanswered: 3_010 },
    'upstream_closed',
  ],
  [
    'a login after which the client closed, and the broker never did',
    { upstreamClosed: false, followed: followed(login) },
    'connection_closed_abruptly',
  ],
  [
    'a reset some time after the login',
    { clientSent: 'rst', upstreamClosed: false, followed: followed(login), unanswered: 800 },
    'connection_closed_abruptly',
  ],
  [
    'a reset immediately after the login',
    { by: 'client', clientSent: 'rst', upstreamClosed: false, followed: followed(login), unanswered: 5 },
    'connection_closed_abruptly',
  ],
  [
    'a client error after which the upstream did not wait 3 s',
    { by: 'upstream', followed: followed({ stage: 'tuning', failure: REASONS.handshake_error }), unanswered: 20 },
    'upstream_closed',
  ],
  ['a silence of one heartbeat', { by: 'upstream', followed: followed(), silent: 61_000 }, 'upstream_closed'],
  [
    'silence without negotiated heartbeats',
    { by: 'upstream', followed: followed({ handshake: { ...NOTHING_SAID, heartbeat: 0 } }), silent: 1e6 },
    'upstream_closed',
  ],
] as const satisfies readonly (readonly [string, Partial<End>, string])[]) {
  test(`${title} is only ${name}`, (t) => t.is(endReason(end(facts)).reason.name, name));
}

const TOO_LARGE: NonNullable<End['followed']>['failure'] = {
  name: 'handshake_error',
  failure: {
    type: 'error',
    state: 'starting',
    channel: 0,
    error: {
      name: 'frame_error',
      explanation: 'type 1, all octets = <<>>: {frame_too_large,17992,4088}',
      method: 'none',
    },
  },
};
const PAYLOAD = { name: 'frame_payload', type: 1, channel: 0, size: 17_992 } as const;

for (const [title, facts, name] of [
  ['3 s later, it was refused', { by: 'upstream', lasted: 3_100, unanswered: 3_010 }, 'handshake_error'],
  ['at its timeout, it was accepted', { by: 'upstream', lasted: 10_010, unanswered: 9_900 }, 'handshake_timeout'],
  ['in time for both, it was refused', { by: 'upstream', lasted: 10_010, unanswered: 3_010 }, 'handshake_error'],
  [
    'not at all, it was accepted',
    { by: 'proxy', timedOut: true, lasted: 10_100, unanswered: 9_900 },
    'handshake_timeout',
  ],
  [
    'as soon as the client did, it was accepted',
    { unanswered: 301, upstreamClosed: true },
    'connection_closed_abruptly',
  ],
  ['3 s later, after the client, it was refused', { unanswered: 3_003, upstreamClosed: true }, 'handshake_error'],
  [
    'never, because the client reset it, it was refused',
    { clientSent: 'rst', unanswered: 300, upstreamClosed: false },
    'handshake_error',
  ],
] as const satisfies readonly (readonly [string, Partial<End>, string])[]) {
  test(`a frame whose size the dialect forbids: if the broker closed ${title}`, (t) => {
    const conversation = followed({ stage: 'starting', failure: TOO_LARGE, callback: PAYLOAD });
    const { reason } = endReason(end({ ...facts, followed: conversation }));
    t.is(reason.name, name);
    if (reason.name === 'handshake_timeout') t.deepEqual(reason, { name, callback: PAYLOAD } as typeof reason);
  });
}
