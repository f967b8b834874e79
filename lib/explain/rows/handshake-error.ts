import { closing } from '../examples.js';
import { read } from '../misread-frame.js';
import type { Family, Match } from '../row.js';

/** A handshake error of a 3.x broker, which names the channel, with an `amqp_error`. */
const error = (name: string, text: string, { channel = 0, state = 'starting', method = 'none' } = {}): string =>
  closing(`{handshake_error,${state},${channel},{amqp_error,${name},${JSON.stringify(text)},${method}}}`);

/** The same error of a 4.x broker. */
const error4 = (name: string, text: string): string =>
  closing(`{handshake_error,starting,{amqp_error,${name},${JSON.stringify(text)},none}}`);

const tooLarge = (type: number, size: number, limit = 4088): string =>
  `type ${type}, all octets = <<>>: {frame_too_large,${size},${limit}}`;

/** Whether the frame header that the broker read begins with these characters. */
const isMisread =
  (beginning: RegExp) =>
  ({ groups }: Match): boolean =>
    beginning.test(read(groups) ?? '');

const FRAME_TOO_LARGE =
  /^\{handshake_error,\w+,(?:(?<ch>\d+),)?\{amqp_error,frame_error,"type (?<type>\d+), .*?frame_too_large, ?(?<size>\d+), ?(?<limit>\d+)/;

/** `handshake_error` while the connection was `starting`, and what it means. */
export const HANDSHAKE_ERROR: Family = {
  title: 'Errors after the header',
  intro:
    'The client sent a good protocol header, and then something that RabbitMQ does not accept. RabbitMQ sends nothing, waits 3 s, and resets the connection.',
  of: 'reason',
  rows: [
    {
      name: 'http_after_header',
      reason: 'handshake_error',
      examples: [
        error('frame_error', tooLarge(71, 539959368), { channel: 17748 }),
        error4('frame_error', tooLarge(71, 539959368, 8184)),
      ],
      pattern: FRAME_TOO_LARGE,
      when: isMisread(
        /^(?:G(?:ET|\.\.) |P(?:OS|\.\.)T |P(?:UT|\.\.) |H(?:EA|\.\.)D |O(?:PT|\.\.)IONS|D(?:EL|\.\.)ETE )/,
      ),
      what: 'The client{at} sent a good AMQP header and then an HTTP request. RabbitMQ read `GET /` as a frame.',
      cause:
        'A health check that sends the AMQP header first and then HTTP, or two programs that share one connection.',
      worry: 'maybe',
      fix: 'Correct the health check: it should close the connection after it has read Start.',
    },
    {
      name: 'header_twice',
      reason: 'handshake_error',
      examples: [
        error('frame_error', tooLarge(65, 1342177289), { channel: 19793 }),
        error4('frame_error', tooLarge(65, 1342177289, 8184)),
      ],
      pattern: FRAME_TOO_LARGE,
      when: isMisread(/^A(?:MQ|\.\.)P/),
      what: 'The client{at} sent its protocol header twice. RabbitMQ read the second one as a frame (type 65 and channel 19793 are the letters `AMQ`).',
      cause: 'A bug in the client, or a proxy that sends a header for the client although the client sends it too.',
      worry: 'yes',
      fix: 'Update the client library, or correct the proxy: the header is sent once.',
    },
    {
      name: 'garbage_after_header',
      reason: 'handshake_error',
      examples: [error('frame_error', tooLarge(71, 1111574341), { channel: 16722 })],
      pattern: FRAME_TOO_LARGE,
      when: (match) => !['1', '2', '3', '8'].includes(match.groups['type'] as string),
      what: (match) =>
        `The client${match.subject.client === null ? '' : ` at ${match.subject.client}`} sent a good AMQP header and then bytes that are not AMQP frames${
          read(match.groups) === null ? '' : `: RabbitMQ read '${read(match.groups)}' as a frame`
        }.`,
      cause: 'A health check or script that sends text after the header, or a client with a bug.',
      worry: 'maybe',
      fix: 'Correct the program: after the header it must send AMQP frames, or close the connection.',
    },
    {
      name: 'start_ok_too_large',
      reason: 'handshake_error',
      examples: [error('frame_error', tooLarge(1, 5210)), error4('frame_error', tooLarge(1, 12000, 8184))],
      pattern: FRAME_TOO_LARGE,
      what: 'The client{at} sent a frame of {size} bytes before tuning, but RabbitMQ allows {limit} then.',
      cause:
        'The login is too large: a long OAuth 2 token, or large client properties. If the size is absurd, the client did not send AMQP.',
      worry: 'yes',
      fix: 'Set `initial_frame_max = 16384` in rabbitmq.conf, or make the token or the client properties smaller.',
    },
    {
      name: 'invalid_frame_end',
      reason: 'handshake_error',
      examples: [error('frame_error', 'type 1, all octets = <<0,10,0,11>>: {invalid_frame_end_marker,0}')],
      pattern: /^\{handshake_error,\w+,(?:\d+,)?\{amqp_error,frame_error,".*invalid_frame_end_marker/,
      what: 'The client{at} sent a frame that does not end with 0xCE, and RabbitMQ does not know where the next one begins.',
      cause:
        'A bug in the client, for example two threads that write to one connection, or a proxy that changes the bytes.',
      worry: 'yes',
      fix: 'Update the client library. Do not share a connection or channel between threads or forked processes.',
    },
    {
      name: 'unknown_frame',
      reason: 'handshake_error',
      examples: [error('frame_error', 'type 5, all octets = <<"x">>: unknown_frame')],
      pattern: /^\{handshake_error,\w+,(?:\d+,)?\{amqp_error,frame_error,/,
      what: 'The client{at} sent something during its handshake that is not a frame of AMQP 0-9-1.',
      cause: 'A client with a bug, or a program that does not speak AMQP 0-9-1 after its header.',
      worry: 'yes',
      fix: 'Update the client library, and check that the client is meant for AMQP 0-9-1.',
    },
    {
      name: 'unexpected_frame_in_handshake',
      reason: 'handshake_error',
      examples: [error('unexpected_frame', 'type 1, all octets = <<0,20,0,10,0>>', { channel: 1 })],
      pattern: /^\{handshake_error,\w+,(?:\d+,)?\{amqp_error,unexpected_frame,/,
      what: 'The client{at} used a channel, or sent message content, before its connection was open.',
      cause: 'A client that goes on with its old session after a reconnect, or does not wait for Open-Ok.',
      worry: 'yes',
      fix: 'Update the client library.',
    },
    {
      name: 'close_before_open',
      reason: 'handshake_error',
      examples: [
        error('channel_error', 'unexpected method in connection state starting', { method: "'connection.close'" }),
      ],
      pattern: /^\{handshake_error,(?:starting|tuning),(?:\d+,)?\{amqp_error,channel_error,.*'connection\.close'/,
      what: 'The client{at} sent Close before its connection was open. RabbitMQ does not answer that.',
      cause:
        'A health check that reads Start and closes politely, or a client that gave up (a mechanism or version it cannot use).',
      worry: 'maybe',
      fix: 'A health check should close TCP instead of sending Close. For a client, look into its own log for the reason.',
    },
    {
      name: 'method_out_of_order',
      reason: 'handshake_error',
      examples: [
        error('channel_error', 'unexpected method in connection state starting', { method: "'connection.open'" }),
      ],
      pattern:
        /^\{handshake_error,(?:starting|tuning|securing),(?:\d+,)?\{amqp_error,channel_error,.*?state (?<in>\w+)(?:.*,'(?<method>[\w.]+)')?/,
      what: 'The client{at} sent a method that is not allowed in this part of the handshake: {method}.',
      cause: 'A client with a bug, or one that goes on with its old session after a reconnect.',
      worry: 'yes',
      fix: 'Update the client library.',
    },
    {
      name: 'cannot_decode',
      reason: 'handshake_error',
      examples: [
        closing(
          `{handshake_error,starting,0,{error,function_clause,'connection.start_ok',[{rabbit_framing_amqp_0_9_1,decode_method_fields,2,[]}]}}`,
        ),
        closing(
          `{handshake_error,starting,0,{exit,{amqp_error,frame_error,"cannot decode <<0,0>>",none},'connection.start_ok',[{rabbit_misc,protocol_error,1,[]}]}}`,
        ),
      ],
      pattern:
        /^\{handshake_error,\w+,(?:\d+,)?\{(?:error|exit),(?:function_clause,'(?<method>connection\.\w+)'|[\s\S]*?(?:cannot decode|rabbit_framing|rabbit_binary_parser))/,
      what: 'The client{at} sent arguments of a handshake method that RabbitMQ cannot decode.',
      cause: 'A client that builds its client properties or login wrongly, or a proxy that changes the bytes.',
      worry: 'yes',
      fix: 'Update the client library, and look at the client properties that the application adds.',
    },
    {
      name: 'broker_failed_in_handshake',
      reason: 'handshake_error',
      examples: [
        closing(
          `{handshake_error,starting,0,{error,undef,'connection.start_ok',[{eldap,open,[["ldap"],[]],[]},{rabbit_auth_backend_ldap,with_login,5,[]}]}}`,
        ),
      ],
      pattern: /^\{handshake_error,\w+,(?:\d+,)?\{(?:error|exit),(?!\{amqp_error,not_allowed)/,
      what: 'The broker failed while it handled the handshake of the client{at}.',
      cause:
        'Usually an auth backend (LDAP, HTTP, OAuth 2) that crashed or is not available. The stack trace in the term names its module.',
      worry: 'yes',
      fix: 'Look for `rabbit_auth_backend_` in the term, and check that backend and its plugin.',
    },
  ],
};
