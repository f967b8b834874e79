import type { Row } from '../row.js';

/** Entries about AMQP 1.0 connections and sessions that do not end the connection. */
export const AMQP_1_0_LIFE: readonly Row[] = [
  {
    name: 'open_frame_1_0',
    reason: null,
    examples: [
      'AMQP 1.0 connection.open frame: hostname = localhost, extracted vhost = /, idle-time-out = undefined',
      'AMQP 1.0 connection.open frame: hostname = localhost, extracted vhost = /, idle_timeout = 60000',
    ],
    pattern: /^AMQP 1\.0 connection\.open frame: hostname = (?<hostname>.*), extracted vhost = (?<vhost>.*), idle/,
    what: "An AMQP 1.0 client opens the virtual host '{vhost}'.",
    cause: 'Normal operation, logged at debug level.',
    worry: 'no',
    fix: 'Nothing.',
  },
  {
    name: 'session_1_0',
    reason: null,
    examples: [
      'AMQP 1.0 created session process <0.760.0> for channel number 0',
      'AMQP 1.0 closed session process <0.760.0> with channel number 0',
      'credential expires in 60000 ms frow now (absolute timestamp = 1700000000 seconds since epoch)',
      'sessions running 1000 ms after requested to be shut down: [<0.760.0>]',
    ],
    pattern: /^(?:AMQP 1\.0 (?:created|closed|opened) |[cC]redential expires in|sessions running)/,
    what: 'An AMQP 1.0 session began or ended.',
    cause: 'Normal operation, logged at debug level.',
    worry: 'no',
    fix: 'Nothing.',
  },
  {
    name: 'peer_gone_1_0',
    reason: 'connection_closed_abruptly',
    examples: ["AMQP 1.0 connection <0.748.0>: could not reply, peer's socket already closed"],
    pattern: /^AMQP 1\.0 connection .*?: could not reply/,
    what: 'An AMQP 1.0 client had left before the broker could answer it.',
    cause: 'The client sent its close and closed TCP at once, without waiting for the answer.',
    worry: 'no',
    fix: 'Nothing. Clients should wait for the close of the broker.',
  },
  {
    name: 'session_error_1_0',
    reason: null,
    examples: [
      `Closing session for connection <0.748.0>: {'v1_0.error',{symbol,<<"amqp:not-found">>},{utf8,<<"no queue 'orders' in vhost '/'">>},undefined}`,
      `Closing session for connection <0.748.0>:\n{'v1_0.error',{symbol,<<"amqp:internal-error">>},{utf8,<<"Unexpected frame">>},undefined}`,
    ],
    pattern:
      /^Closing session for connection \S+:\s+(?:\{'v1_0\.error',\s*\{symbol,\s*<<"(?<condition>[^"]*)">>\},\s*\{utf8,\s*<<"(?<why>[^"]*)|(?<other>[\s\S]*))/,
    what: 'The broker ended a session of an AMQP 1.0 client because of an error ({condition}): {why}.',
    cause: 'The client used something that does not exist or that it may not use, or broke a rule of AMQP 1.0.',
    worry: 'yes',
    fix: 'Correct the client as the text says.',
  },
];
