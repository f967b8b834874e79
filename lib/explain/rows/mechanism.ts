import { closing } from '../examples.js';
import type { Family } from '../row.js';

const startOk = (name: string, text: string): string =>
  closing(`{handshake_error,starting,0,{amqp_error,${name},${JSON.stringify(text)},'connection.start_ok'}}`);

/** Errors in Start-Ok and Tune-Ok that have nothing to do with a password. */
export const MECHANISM: Family = {
  title: 'Mechanisms and limits',
  intro: 'The client and the broker do not agree on how to log in, or on the limits of the connection.',
  of: 'reason',
  rows: [
    {
      name: 'unknown_mechanism',
      reason: 'handshake_error',
      examples: [startOk('command_invalid', "unknown authentication mechanism 'GSSAPI'")],
      pattern: /unknown authentication mechanism '(?<mechanism>[\s\S]*?)'/,
      what: 'The client{at} tried to log in with the mechanism {mechanism}, which the broker does not know.',
      cause: 'The plugin for the mechanism is not enabled, or the client is configured for another kind of broker.',
      worry: 'yes',
      fix: 'Use PLAIN in the client. For EXTERNAL: `rabbitmq-plugins enable rabbitmq_auth_mechanism_ssl`.',
    },
    {
      name: 'mechanism_not_offered',
      reason: 'handshake_error',
      examples: [startOk('command_invalid', "invalid authentication mechanism 'EXTERNAL'")],
      pattern: /invalid authentication mechanism '(?<mechanism>[\s\S]*?)'/,
      what: 'The client{at} tried to log in with the mechanism {mechanism}, which the broker does not offer.',
      cause: 'The mechanism is not in `auth_mechanisms`, or it needs TLS (EXTERNAL) and the connection has none.',
      worry: 'yes',
      fix: 'Add it: `auth_mechanisms.1 = PLAIN`, `auth_mechanisms.2 = EXTERNAL` in rabbitmq.conf, and connect with TLS. Or use PLAIN in the client.',
    },
    {
      name: 'malformed_login',
      reason: 'handshake_error',
      examples: [
        startOk('syntax_error', 'response <<"guestguest">> invalid'),
        startOk('syntax_error', 'AMQPLAIN auth info [] is missing LOGIN or PASSWORD field'),
      ],
      pattern: /^\{handshake_error,\w+,(?:\d+,)?\{amqp_error,syntax_error,/,
      what: 'The client{at} sent a login that RabbitMQ cannot read.',
      cause:
        'A client that builds the PLAIN or AMQPLAIN response itself, wrongly. PLAIN is: a zero byte, the user, a zero byte, the password.',
      worry: 'yes',
      fix: 'Update the client library. The response may contain a password: change it if it is in the log.',
    },
    {
      name: 'frame_max_too_small',
      reason: 'handshake_error',
      examples: [
        closing(
          'failed to negotiate connection parameters: negotiated frame_max = 4096 is lower than the minimum allowed value (8192)',
        ),
      ],
      pattern: /negotiated frame_max = (?<asked>\d+) is lower than the minimum allowed value \((?<limit>\d+)\)/,
      what: 'The client{at} asked for a maximum frame size (frame_max) of {asked} bytes. The broker requires at least {limit}.',
      cause:
        'A client with a small fixed frame_max. RabbitMQ 4.1 raised the minimum from 4096 to 8192; older versions of amqplib for Node.js and of some embedded clients use 4096.',
      worry: 'yes',
      fix: 'Set frame_max in the client to 131072 (amqplib: `amqp://HOST?frameMax=131072`, or version 0.10.7 and later), or 0 to accept what the broker proposes.',
    },
    {
      name: 'frame_max_too_large',
      reason: 'handshake_error',
      examples: [
        closing(
          'failed to negotiate connection parameters: negotiated frame_max = 1048576 is higher than the maximum allowed value (131072)',
        ),
      ],
      pattern: /negotiated frame_max = (?<asked>\d+) is higher than the maximum allowed value \((?<limit>\d+)\)/,
      what: 'The client{at} asked for a maximum frame size (frame_max) of {asked}, but the broker allows at most {limit}. 0 means no limit.',
      cause: "The client ignores the broker's Tune, or its configured frame_max is larger than the broker's.",
      worry: 'yes',
      fix: 'Set frame_max in the client to {limit} or less, or `frame_max = {asked}` in rabbitmq.conf.',
    },
    {
      name: 'channel_max_too_large',
      reason: 'handshake_error',
      examples: [
        closing(
          'failed to negotiate connection parameters: negotiated channel_max = 65535 is higher than the maximum allowed value (2047)',
        ),
        closing(
          'failed to negotiate connection parameters: negotiated channel_max = 0 (no limit) is higher than the maximum allowed value (2047)',
        ),
      ],
      pattern:
        /negotiated channel_max = (?<asked>\d+)(?: \(no limit\))? is higher than the maximum allowed value \((?<limit>\d+)\)/,
      what: 'The client{at} asked for {asked} channels (channel_max), but the broker allows at most {limit}. 0 means no limit.',
      cause: "The client ignores the broker's Tune, or its configured channel_max is larger than the broker's.",
      worry: 'yes',
      fix: 'Set channel_max in the client to {limit} or less, or `channel_max = {asked}` in rabbitmq.conf.',
    },
    {
      name: 'tuning_failed',
      reason: 'handshake_error',
      examples: [
        closing(
          'failed to negotiate connection parameters: negotiated heartbeat = 1 is lower than the minimum allowed value (5)',
        ),
        closing(
          `{handshake_error,tuning,0,{exit,{amqp_error,not_allowed,"frame_max=100 < 4096 min size",'connection.tune'},'connection.tune_ok',[]}}`,
        ),
      ],
      pattern: /^(?:failed to negotiate connection parameters|\{handshake_error,tuning,)/,
      what: 'The client{at} and the broker do not agree on the limits of the connection (Tune-Ok).',
      cause: "The client ignores the broker's Tune, or is configured with other limits.",
      worry: 'yes',
      fix: 'Remove frame_max, channel_max and heartbeat from the configuration of the client, so that the values of the broker apply.',
    },
    {
      name: 'formatter_crash',
      reason: 'handshake_error',
      examples: [
        'FORMATTER CRASH: {"closing AMQP connection ~tp (~ts):~nfailed to negotiate connection parameters: ~ts",[<0.748.0>,<<"10.0.0.7:50122 -> 10.0.0.2:5672">>,"3s","negotiated heartbeat = 1 is lower than the minimum allowed value (5)"]}',
      ],
      pattern: /^FORMATTER CRASH/,
      what: 'The client{at} and the broker do not agree on the limits of the connection (Tune-Ok), and RabbitMQ failed to print its entry about it.',
      cause: 'A defect of RabbitMQ 4.0.0 to 4.1.0 in the log entry. The text at its end has the reason.',
      worry: 'yes',
      fix: 'Correct the limit in the client as the text says, and update to RabbitMQ 4.1.1 or later for readable entries.',
    },
    {
      name: 'handshake_error',
      reason: 'handshake_error',
      examples: [closing('{handshake_error,starting,0,{amqp_error,internal_error,"something else",none}}')],
      pattern: /^\{handshake_error,(?:starting|securing|tuning|waiting_\w+|\w*sasl\w*|hdr\w*),/,
      what: 'The broker rejected the handshake of the client{at}.',
      cause:
        'The client sent something that RabbitMQ does not accept before the connection was open. The term has the details.',
      worry: 'yes',
      fix: 'Update the client library, and look into the log of the client at the same time.',
    },
  ],
};
