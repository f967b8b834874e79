import { PLAIN_WORDS } from '../../amqp/plain-words.js';
import { closing, ENDS, exception, failed } from '../examples.js';
import type { Family } from '../row.js';
import { FORCED } from './forced.js';

/** Which exception, in which method, on an open connection. */
const caused = (name: string): RegExp =>
  new RegExp(`^operation (?<method>\\S+) caused a connection exception ${name}: (?<why>[\\s\\S]*)`);

/** Errors for which the broker closes an open connection. */
export const RUNNING: Family = {
  title: 'Exceptions on open connections',
  intro:
    'The broker sent the client a Close with a reply code, and wrote this entry. The closing entry that follows repeats no reason.',
  of: 'reason',
  rows: [
    ...FORCED,
    {
      name: 'frame_error',
      reason: ({ text }) =>
        /\{(?:frame_too_large|invalid_frame_end_marker),/.test(text) ? 'frame_error' : 'connection_closed',
      examples: [
        exception('frame_error', 'type 65, all octets = <<>>: {frame_too_large,1342177289,131064}'),
        exception('frame_error', 'type 1, all octets = <<0,10,0,50>>: {invalid_frame_end_marker,0}'),
      ],
      pattern: caused('frame_error'),
      what: `The client{at} ${PLAIN_WORDS.frame_error} (501 FRAME_ERROR).`,
      cause:
        'A connection or channel that is shared between threads or forked processes without a lock, a frame larger than the agreed frame_max, a client that sent its header again, or a proxy that changes the bytes.',
      worry: 'yes',
      fix: 'Use one channel per thread and connect after the fork. Update the client library.',
    },
    {
      name: 'fatal_frame_error',
      reason: 'frame_error',
      examples: [closing('fatal_frame_error')],
      pattern: /^\{?fatal_frame_error/,
      what: 'The broker lost the frame boundary on the connection of the client{at} and reset it, 3 s after its FRAME_ERROR (501).',
      cause:
        'See the entry `Error on AMQP connection` of the same connection 3 s before. Usually threads or forked processes share a connection.',
      worry: 'yes',
      fix: 'Use one channel per thread and connect after the fork. Update the client library.',
    },
    {
      name: 'unexpected_frame',
      reason: 'connection_closed',
      examples: [
        exception(
          'unexpected_frame',
          'expected content header for class 60, got non content header frame instead',
          'basic.publish',
        ),
      ],
      pattern: caused('unexpected_frame'),
      what: 'The client{at} sent frames in an order that is not allowed, and the broker closed the connection (505 UNEXPECTED_FRAME).',
      cause: 'Two threads published on one channel at the same time, so that the frames of two messages were mixed.',
      worry: 'yes',
      fix: 'Use one channel per thread, or a lock around `basic_publish`.',
    },
    {
      name: 'unknown_exchange_type',
      reason: 'connection_closed',
      examples: [exception('command_invalid', "unknown exchange type 'x-delayed-message'", 'exchange.declare')],
      pattern: /caused a connection exception command_invalid: "?(?:unknown|invalid) exchange type '(?<type>[^']*)'/,
      what: "The client{at} declared an exchange of the type '{type}', which the broker does not know, and the broker closed the connection (503 COMMAND_INVALID).",
      cause:
        'The plugin for that type is not enabled on this node (`x-delayed-message`, `x-consistent-hash`, `x-recent-history`), or a typo.',
      worry: 'yes',
      fix: 'Enable the plugin on all nodes, for example `rabbitmq-plugins enable rabbitmq_delayed_message_exchange`.',
    },
    {
      name: 'command_invalid',
      reason: 'connection_closed',
      examples: [exception('command_invalid', 'second channel.open seen', 'channel.open')],
      pattern: caused('command_invalid'),
      what: 'The client{at} sent a method that is not allowed at this point, and the broker closed the connection (503 COMMAND_INVALID).',
      cause: 'A bug in the client, such as opening the same channel twice.',
      worry: 'yes',
      fix: 'Update the client library, and do not share channels between threads.',
    },
    {
      name: 'channel_error',
      reason: 'connection_closed',
      examples: [exception('channel_error', "expected 'channel.open'", 'basic.publish')],
      pattern: caused('channel_error'),
      what: 'The client{at} used a channel that is not open, and the broker closed the connection (504 CHANNEL_ERROR): {method}.',
      cause: 'The client goes on with a channel after an exception closed it, or threads share channels.',
      worry: 'yes',
      fix: 'Open a new channel after a channel exception. Look for `Channel error on connection` just before this entry.',
    },
    {
      name: 'channel_limit',
      reason: 'connection_closed',
      examples: [
        exception(
          'not_allowed',
          'number of channels opened (2047) has reached the negotiated channel_max (2047)',
          'channel.open',
        ),
        exception(
          'not_allowed',
          "number of channels opened for user 'app' has reached the maximum allowed user limit of (100)",
        ),
      ],
      pattern: /caused a connection exception not_allowed: "number of channels opened(?<why>[\s\S]*)/,
      what: 'The client{at} opened too many channels, and the broker closed the connection (530 NOT_ALLOWED).',
      cause: 'The client opens a channel for each message or task and does not close it.',
      worry: 'yes',
      fix: 'Reuse or close channels: `rabbitmqctl list_connections name channels` shows how many each has. Raise `channel_max` only if the client needs them all.',
    },
    {
      name: 'exclusive_consumer_tag',
      reason: 'connection_closed',
      examples: [exception('not_allowed', "attempt to reuse consumer tag 'worker-1'", 'basic.consume')],
      pattern: /caused a connection exception not_allowed: "attempt to reuse consumer tag '(?<tag>.*?)'/,
      what: "The client{at} used the consumer tag '{tag}' twice on one channel, and the broker closed the connection (530 NOT_ALLOWED).",
      cause:
        'The application subscribes again with the same tag, for example after an error, without cancelling its first consumer.',
      worry: 'yes',
      fix: 'Let the broker generate the tag (an empty one), or cancel the consumer first.',
    },
    {
      name: 'secret_refused',
      reason: 'connection_closed',
      examples: [exception('not_allowed', 'New secret was refused by one of the backends', 'connection.update_secret')],
      pattern: /caused a connection exception not_allowed: "(?:New secret was refused|Secret update failed)/,
      what: 'The client{at} sent a new token or password that the broker refused, and the broker closed the connection.',
      cause: 'The new OAuth 2 token is not valid, has expired, or belongs to another user.',
      worry: 'yes',
      fix: 'Compare the new token with the old one: same `sub`, a valid `aud`, not expired.',
    },
    {
      name: 'not_allowed',
      reason: 'connection_closed',
      examples: [exception('not_allowed', "policy 'p' does not allow this", 'queue.declare')],
      pattern: caused('not_allowed'),
      what: 'The client{at} did something that is not allowed, and the broker closed the connection (530 NOT_ALLOWED): {why}.',
      cause: 'A limit or a rule of the protocol. The text of the entry has the details.',
      worry: 'yes',
      fix: 'Correct the client as the text says.',
    },
    {
      name: 'not_implemented',
      reason: 'connection_closed',
      examples: [exception('not_implemented', 'immediate=true', 'basic.publish')],
      pattern: caused('not_implemented'),
      what: 'The client{at} used a part of AMQP that RabbitMQ does not implement, and the broker closed the connection (540 NOT_IMPLEMENTED): {method}, {why}.',
      cause:
        'Usually `immediate=true` in a publish, a negative or global prefetch size, or a removed feature (such as transient queues).',
      worry: 'yes',
      fix: 'Remove that flag from the client.',
    },
    {
      name: 'syntax_error',
      reason: 'connection_closed',
      examples: [exception('syntax_error', 'cannot decode <<0,0>>', 'basic.publish')],
      pattern: caused('syntax_error'),
      what: 'The client{at} sent a method that the broker cannot decode, and the broker closed the connection (502 SYNTAX_ERROR).',
      cause: 'A header value of a type that RabbitMQ does not know, or a bug in the client.',
      worry: 'yes',
      fix: 'Look at the message headers that the application sets, and update the client library.',
    },
    {
      name: 'resource_error',
      reason: 'connection_closed',
      examples: [exception('resource_error', 'out of memory', 'queue.declare')],
      pattern: caused('resource_error'),
      what: 'The broker had no resources for the client{at} and closed the connection (506 RESOURCE_ERROR).',
      cause: 'Memory, disk or file descriptors of the broker.',
      worry: 'yes',
      fix: 'Look at `rabbitmq-diagnostics status` and `rabbitmq-diagnostics alarms`.',
    },
    {
      name: 'deprecated_feature',
      reason: 'connection_closed',
      examples: [
        exception(
          'internal_error',
          'Feature `transient_nonexcl_queues` is deprecated.\nBy default, this feature is not permitted anymore.',
          'queue.declare',
        ),
      ],
      pattern: /caused a connection exception internal_error: "?Feature `(?<feature>\w+)` is deprecated/,
      what: 'The client{at} used a feature that this version of RabbitMQ no longer permits ({feature}), and the broker closed the connection (541 INTERNAL_ERROR).',
      cause:
        'An application that was written for an older RabbitMQ, for example one that declares queues that are neither durable nor exclusive.',
      worry: 'yes',
      fix: 'Change the application (durable or exclusive queues). For a while: `deprecated_features.permit.{feature} = true` in rabbitmq.conf.',
    },
    {
      name: 'internal_error',
      reason: 'connection_closed',
      examples: [exception('internal_error', "Error calling 'queue.declare'", 'queue.declare')],
      pattern: caused('internal_error'),
      what: 'The broker failed while it worked for the client{at}, and closed the connection (541 INTERNAL_ERROR): {method}.',
      cause: 'A process of a queue or channel crashed. The crash report is nearby in the log.',
      worry: 'yes',
      fix: 'Look for a crash report just before this entry, and check the queues (`rabbitmq-diagnostics check_virtual_hosts`).',
    },
    {
      name: 'connection_exception',
      reason: 'connection_closed',
      examples: [exception('access_refused', 'something', 'basic.publish')],
      pattern: /^operation (?<method>\S+) caused a connection exception (?<code>\w+): (?<why>[\s\S]*)/,
      what: 'The broker closed the connection of the client{at} because of an error ({code}) in {method}.',
      cause: 'The text of the entry has the details.',
      worry: 'yes',
      fix: 'Correct the client as the text says.',
    },
    {
      name: 'error_while_terminating',
      reason: null,
      examples: [
        `Error on AMQP connection <0.748.0> (${ENDS}, vhost: '/', user: 'app', state: closing), channel 1:error while terminating:\n{timeout,{gen_server,call,[]}}`,
      ],
      pattern: /^error while terminating/,
      what: 'A channel of the client{at} crashed while the connection was closed.',
      cause: 'A queue process was slow or gone while the connection closed.',
      worry: 'maybe',
      fix: 'Nothing, if it is rare. Otherwise look at the queues of the client.',
    },
    {
      name: 'channel_crashed',
      reason: 'connection_closed',
      examples: [
        failed('{timeout,{gen_server,call,[<0.1.0>,{stat,<0.2.0>}]}}', 1),
        failed('{{badmatch,{error,not_found}},[{rabbit_channel,handle_method,3,[]}]}', 1),
      ],
      pattern:
        /^\{\{?(?:timeout|badmatch|case_clause|function_clause|noproc|nodedown|shutdown|error|badarg|undef|killed)\b/,
      when: ({ subject }) => subject.state === 'running' || subject.state === 'closing' || subject.state === 'blocked',
      what: 'A channel of the client{at} crashed inside the broker, which closed the connection (541 INTERNAL_ERROR).',
      cause: 'A queue or node did not answer in time, or a defect of the broker. The term names the call that failed.',
      worry: 'yes',
      fix: 'Check the nodes and queues (`rabbitmq-diagnostics cluster_status`), and update the broker if it repeats.',
    },
  ],
};
