import { channelError, ENDS } from '../examples.js';
import type { Family } from '../row.js';

const caused = (name: string, more = ''): RegExp =>
  new RegExp(`caused a channel exception ${name}: "?(?:${more})(?<why>[\\s\\S]*)`);

/** Exceptions that close a channel and leave the connection open. */
export const CHANNELS: Family = {
  title: 'Channel exceptions',
  intro:
    'The broker closed one channel and told the client why. The connection stays open, but a client that goes on with the closed channel loses it too.',
  of: 'entry',
  begins:
    /^(?:Channel error on connection|Channel |Consumer |Closing (?:all|\d+) channel|operation \S+ caused a channel|\{amqp_error,)/,
  rows: [
    {
      name: 'ack_timeout',
      reason: null,
      examples: [
        channelError(
          'none',
          'precondition_failed: delivery acknowledgement on channel 1 timed out. Timeout value used: 1800000 ms. This timeout value can be configured, see consumers doc guide to learn more',
        ),
        'Consumer amq.ctag-1 on channel 1 has timed out waiting for delivery acknowledgement. Timeout used: 1800000 ms. This timeout value can be configured, see consumers doc guide to learn more',
        "Consumer 'amq.ctag-1' on channel 1 and queue 'orders' in vhost '/' has timed out waiting for a consumer acknowledgement of a delivery with delivery tag = 1. Timeout used: 1800000 ms.",
      ],
      pattern:
        /(?:acknowledgement on channel \d+ timed out|has timed out waiting (?:for|on) )[\s\S]*?Timeout (?:value )?used: (?<timeout>\d+) ms/,
      what: 'A consumer of the client{at} did not acknowledge a message within {timeout} ms, and the broker closed its channel.',
      cause: 'The consumer is slow or stuck, or prefetches more messages than it can handle in time.',
      worry: 'yes',
      fix: 'Lower the prefetch (`basic.qos`), or acknowledge earlier. Raise the limit with `consumer_timeout = 3600000` (ms) in rabbitmq.conf.',
    },
    {
      name: 'unknown_delivery_tag',
      reason: null,
      examples: [channelError('basic.ack', 'precondition_failed: unknown delivery tag 7')],
      pattern: caused('precondition_failed', 'unknown delivery tag '),
      what: 'The client{at} acknowledged a message that this channel does not know: delivery tag {why}.',
      cause:
        'The application acknowledges twice, acknowledges although it consumes with automatic acknowledgement, or on another channel than the one that received the message.',
      worry: 'yes',
      fix: 'Acknowledge each message once, on its own channel, and not with `auto_ack`.',
    },
    {
      name: 'inequivalent_arg',
      reason: null,
      examples: [
        channelError(
          'queue.declare',
          "precondition_failed: inequivalent arg 'durable' for queue 'orders' in vhost '/': received 'false' but current is 'true'",
        ),
        channelError(
          'queue.declare',
          "precondition_failed: inequivalent arg 'x-dead-letter-exchange' for queue 'orders' in vhost '/': received none but current is the value 'dlx' of type 'longstr'",
        ),
      ],
      pattern: /inequivalent arg '(?<arg>[^']*)' for (?<kind>queue|exchange) '(?<name>[^']*)'/,
      what: "The client{at} declared the {kind} '{name}' with another '{arg}' than it has.",
      cause: 'Two applications, or an old and a new version of one, declare it differently.',
      worry: 'yes',
      fix: 'Use the same arguments everywhere, declare it passively, or delete and create it again (`rabbitmqctl delete_queue {name}` loses its messages). Better: set such arguments with a policy.',
    },
    {
      name: 'entity_not_found',
      reason: null,
      examples: [
        channelError('queue.declare', "not_found: no queue 'orders' in vhost '/'"),
        channelError('basic.publish', "not_found: no exchange 'events' in vhost '/'"),
        channelError('basic.consume', "not_found: queue 'orders' in vhost '/' process is stopped by supervisor"),
      ],
      pattern: caused('not_found'),
      what: 'The client{at} used something that does not exist ({why}).',
      cause:
        'A typo, another virtual host than intended, or a queue that was deleted, expired or was exclusive to another connection.',
      worry: 'yes',
      fix: 'Declare it first, and check the virtual host of the client: `rabbitmqctl list_queues -p VHOST name`.',
    },
    {
      name: 'resource_locked',
      reason: null,
      examples: [
        channelError(
          'queue.declare',
          "resource_locked: cannot obtain exclusive access to locked queue 'orders' in vhost '/'",
        ),
      ],
      pattern: caused('resource_locked'),
      what: 'The client{at} used an exclusive queue of another connection ({why}).',
      cause:
        'Two clients use the same name for an exclusive queue, or the old connection of this client still exists after it lost its network.',
      worry: 'yes',
      fix: 'Let the broker generate the name of exclusive queues, or wait until the old connection is gone (two heartbeat intervals).',
    },
    {
      name: 'permission_missing',
      reason: null,
      examples: [
        channelError(
          'basic.publish',
          "access_refused: write access to exchange 'events' in vhost '/' refused for user 'app'",
        ),
        channelError(
          'basic.publish',
          "access_refused: access to topic 'a.b' in exchange 'events' in vhost '/' refused for user 'app'",
        ),
        channelError('basic.consume', "access_refused: queue 'orders' in vhost '/' in exclusive use"),
      ],
      pattern:
        /caused a channel exception access_refused: "?(?<why>[\s\S]*?(?:in vhost '(?<where>[^']*)'[\s\S]*?)?(?:for user '(?<user>[^']*)')?"?)$/,
      what: 'The client{at} was refused: {why}.',
      cause:
        'The user lacks the permission (configure, write or read) for that name, or another consumer has exclusive use of the queue.',
      worry: 'yes',
      fix: 'Look at `rabbitmqctl list_permissions -p VHOST`, and grant it: `rabbitmqctl set_permissions -p VHOST USER CONFIGURE WRITE READ`.',
    },
    {
      name: 'precondition_failed',
      reason: null,
      examples: [
        channelError(
          'queue.declare',
          "precondition_failed: invalid arg 'x-message-ttl' for queue 'orders' in vhost '/': {value_negative,-1}",
        ),
        channelError('queue.delete', "precondition_failed: queue 'orders' in vhost '/' in use"),
        channelError(
          'basic.publish',
          'precondition_failed: message size 134217729 is larger than configured max size 134217728',
        ),
      ],
      pattern: caused('precondition_failed'),
      what: 'The client{at} asked for something that is not possible ({why}).',
      cause: 'A wrong argument, a message that is too large, or a queue that is in use.',
      worry: 'yes',
      fix: 'Correct the client as the text says. For larger messages: `max_message_size = 134217728` in rabbitmq.conf.',
    },
    {
      name: 'channel_exception',
      reason: null,
      examples: [
        channelError('basic.consume', 'not_implemented: something'),
        `Channel error on connection <0.748.0> (${ENDS}, vhost: '/', user: 'app'), channel 1:\n{amqp_error,no_consumers,"none",'basic.publish'}`,
      ],
      pattern: /^Channel error on connection|caused a channel exception (?<code>\w+)|^\{amqp_error,/,
      what: 'The broker closed a channel of the client{at} because of an error. The text of the entry has it.',
      cause: 'The client used something that does not exist, without permission, or with wrong arguments.',
      worry: 'yes',
      fix: 'Correct the client as the text says.',
    },
    {
      name: 'channels_closed',
      reason: null,
      examples: [
        `Closing all channels from connection '${ENDS}' because it has been closed`,
        `Closing 2 channel(s) because connection '${ENDS}' has been closed`,
      ],
      pattern:
        /^Closing (?:all|\d+) channel\S* (?:from|because) connection '(?<client>\S+:\d+) -> (?<listener>\S+:\d+)/,
      what: 'The broker removed the channels of the client{at} after its connection had ended.',
      cause: 'Normal operation: up to RabbitMQ 3.10 it is logged after each connection, also after health checks.',
      worry: 'no',
      fix: 'Nothing.',
    },
    {
      name: 'channel_note',
      reason: null,
      examples: [
        'Channel <0.7.0> ignoring late answer ok from <0.8.0>',
        'Channel is stopping with 3 pending publisher confirms',
      ],
      pattern: /^Channel (?:<[\d.]+> |is )/,
      what: 'A channel ended while the broker still worked for it.',
      cause: 'The client closed its channel or connection with requests or confirms outstanding.',
      worry: 'maybe',
      fix: 'Wait for publisher confirms before closing.',
    },
  ],
};
