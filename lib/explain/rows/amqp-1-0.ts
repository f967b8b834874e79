import { closing } from '../examples.js';
import type { Family } from '../row.js';

const error = (condition: string, text: string, state = 'waiting_open'): string =>
  closing(`{handshake_error,${state},{'v1_0.error',{symbol,<<"${condition}">>},{utf8,<<"${text}">>},undefined}}`);
const running = (text: string): string =>
  `Error on AMQP 1.0 connection <0.748.0> (running), channel number 0:\n<<"${text}">>`;

/** Errors of AMQP 1.0 connections after the header. Logins are in the family of logins. */
export const AMQP_1_0: Family = {
  title: 'AMQP 1.0',
  intro: 'The entries of open AMQP 1.0 connections do not name the client, only the process of its reader.',
  of: 'reason',
  rows: [
    {
      name: 'vhost_not_found_1_0',
      reason: 'handshake_error',
      examples: [error('amqp:unauthorized-access', "AMQP 1.0 connection failed: virtual host 'orders' does not exist")],
      pattern: /virtual host '(?<vhost>.*?)' does not exist/,
      what: "The AMQP 1.0 client{at} asked for the virtual host '{vhost}', which does not exist.",
      cause: 'The hostname in `open` is `vhost:NAME` of a virtual host that was never created.',
      worry: 'yes',
      fix: 'Create it: `rabbitmqctl add_vhost {vhost}`, or correct `vhost:NAME` in the client.',
    },
    {
      name: 'access_refused_1_0',
      reason: 'handshake_error',
      examples: [
        error('amqp:unauthorized-access', "AMQP 1.0 connection failed: user 'app' has no access to vhost 'orders'"),
        error('amqp:unauthorized-access', "Access for user 'app' was refused: insufficient permissions"),
        error(
          'amqp:resource-limit-exceeded',
          "connection refused for user 'app': user connection limit (5) is reached",
        ),
      ],
      pattern:
        /^\{handshake_error,.*'v1_0\.error',\{symbol,<<"amqp:(?:unauthorized-access|not-allowed|resource-limit-exceeded)">>\},\{utf8,<<"(?<why>[\s\S]*?)">>/,
      what: 'The broker refused to open the connection of the AMQP 1.0 client{at}: {why}.',
      cause: 'The user has no permissions for the virtual host, or a limit of connections was reached.',
      worry: 'yes',
      fix: "Grant access: `rabbitmqctl set_permissions -p VHOST USER '.*' '.*' '.*'`, or raise the limit.",
    },
    {
      name: 'mechanism_1_0',
      reason: 'handshake_error',
      examples: [error('amqp:not-found', "invalid authentication mechanism 'SCRAM'", 'waiting_sasl_init')],
      pattern:
        /'v1_0\.error',\{symbol,<<"amqp:not-found">>\},\{utf8,<<"(?:unknown|invalid) authentication mechanism '(?<mechanism>.*?)'/,
      what: 'The AMQP 1.0 client{at} tried to log in with the mechanism {mechanism}, which the broker does not offer.',
      cause: 'The mechanism is not in `auth_mechanisms`, its plugin is not enabled, or it needs TLS (EXTERNAL).',
      worry: 'yes',
      fix: 'Use PLAIN in the client, or add the mechanism to `auth_mechanisms` in rabbitmq.conf.',
    },
    {
      name: 'framing_error_1_0',
      reason: 'handshake_error',
      examples: [
        error(
          'amqp:connection:framing-error',
          'frame size (1095586128 bytes) > maximum frame size (131072 bytes)',
          'waiting_sasl_init',
        ),
        closing('{bad_1_0_header_type,<<"garbage1">>,sasl}'),
        closing('{bad_1_0_header,<<0,0,0,8,1,0,0,0>>}'),
        closing('{bad_input,handshake,<<65,77,81,80,0,0,9,1>>}'),
      ],
      pattern: /^(?:\{bad_1_0_header|\{bad_input,handshake,|\{handshake_error,.*framing-error)/,
      what: 'The AMQP 1.0 client{at} sent bytes that are not a frame of AMQP 1.0 during its handshake.',
      cause:
        'A client that mixes AMQP 0-9-1 and AMQP 1.0, sends its header twice or not at all after SASL, or does not speak AMQP.',
      worry: 'yes',
      fix: 'Update the client library. After SASL, the client must send `AMQP` 0 1 0 0.',
    },
    {
      name: 'bad_frame_1_0',
      reason: 'frame_error',
      examples: [closing('{bad_1_0_frame,<<1,2>>}')],
      pattern: /^\{(?:bad_1_0_\w+|invalid_frame\w*),/,
      what: 'The AMQP 1.0 client{at} sent bytes that are not a frame of AMQP 1.0.',
      cause: 'A client with a defect, or threads that share one connection.',
      worry: 'yes',
      fix: 'Update the client library.',
    },
    {
      name: 'session_crashed_1_0',
      reason: null,
      examples: [
        closing('{handshake_error,running,<0.760.0>,{{symbol,<<"amqp:internal-error">>},"Session error: ~p",[]}}'),
      ],
      pattern: /^\{handshake_error,(?:running|closed|closing),/,
      what: 'A session of the AMQP 1.0 client{at} crashed inside the broker, which ended the connection.',
      cause:
        'The client sent a frame that is not allowed in its session, or a defect of the broker. The term has the details.',
      worry: 'yes',
      fix: 'Look at the crash report just before this entry, and update the client library and the broker.',
    },
    {
      name: 'idle_timeout_1_0',
      reason: 'connection_closed',
      examples: [running('no frame received from client within idle timeout threshold')],
      pattern: /no frame received from client within idle timeout/,
      what: 'The AMQP 1.0 client sent nothing for longer than the idle timeout allows, and the broker closed the connection.',
      cause: 'The client is blocked, paused or gone, or the network lost it.',
      worry: 'yes',
      fix: 'Do not block the thread of the client that sends frames, or raise the idle timeout (`heartbeat = 120` in rabbitmq.conf).',
    },
    {
      name: 'closed_by_broker_1_0',
      reason: 'connection_closed',
      examples: [
        running('Connection forced: \\"Closed via management plugin\\"'),
        'Closing AMQP 1.0 connection <0.748.0>: Closed via management plugin',
      ],
      pattern: /Connection forced|^(?:Closed via|Node was put)/,
      when: ({ subject }) => subject.client === null,
      what: 'The broker closed the connection of an AMQP 1.0 client on request.',
      cause:
        'An operator closed it, the node was stopped or went into maintenance, or its user or virtual host was deleted.',
      worry: 'no',
      fix: 'Nothing, if it was intended.',
    },
    {
      name: 'connection_error_1_0',
      reason: 'connection_closed',
      examples: [
        running('credential expired'),
        running('frame size (9 bytes) > maximum frame size (8 bytes)'),
        running('Session error: {badmatch,1}'),
        'Error on AMQP 1.0 connection <0.748.0> (running), channel 0:\n<<"something">>',
      ],
      pattern: /^<<"?(?<why>[\s\S]*?)"?>>$/,
      what: 'The broker closed the connection of an AMQP 1.0 client because of an error: {why}.',
      cause:
        'The client broke a rule of AMQP 1.0, used something without permission, or its token expired. The text has the details.',
      worry: 'yes',
      fix: 'Correct the client as the text says.',
    },
  ],
};
