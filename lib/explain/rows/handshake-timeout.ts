import { closing } from '../examples.js';
import type { Family } from '../row.js';

const RAISE = '`handshake_timeout = 20000` (ms) in rabbitmq.conf';

/** `handshake_timeout`, by what the broker was waiting for. */
export const HANDSHAKE_TIMEOUT: Family = {
  title: 'Handshake timeouts',
  intro:
    'From connect to Open-Ok a client has 10 s (`handshake_timeout`). The term names what the broker was waiting for when the time was up.',
  of: 'reason',
  rows: [
    {
      name: 'handshake_timeout_header',
      reason: 'handshake_timeout',
      examples: [closing('{handshake_timeout,handshake}')],
      pattern: /^\{handshake_timeout,handshake\}/,
      what: 'The client{at} connected and did not send a complete protocol header within the handshake timeout (10 s by default).',
      cause:
        'A health check or monitoring agent that holds an idle connection, a client that waits for the server to speak first (SSH, SMTP, MySQL), a connection pool that opens TCP early, or an overloaded client.',
      worry: 'maybe',
      fix: `If it is a health check, let it close the connection at once, or send \`AMQP\` 0 0 9 1. If it is a real client on a slow machine, set ${RAISE}.`,
    },
    {
      name: 'handshake_timeout_start_ok',
      reason: 'handshake_timeout',
      examples: [closing('{handshake_timeout,frame_header}')],
      pattern: /^\{handshake_timeout,(?:frame_header|\{frame_header,\d+\})\}/,
      what: 'The client{at} sent a good protocol header and then did not finish its login within the handshake timeout (10 s by default).',
      cause:
        'The client is blocked or overloaded (CPU limit, garbage collection, a paused container), the network lost its packets, its login on the broker took too long (a slow LDAP or HTTP backend), or it is a health check that reads Start and stays connected.',
      worry: 'maybe',
      fix: `Look at the CPU of the client and the latency of the auth backend. To allow more time, set ${RAISE}.`,
    },
    {
      name: 'handshake_timeout_frame',
      reason: 'handshake_timeout',
      examples: [closing('{handshake_timeout,{frame_payload,1,0,36}}')],
      pattern: /^\{handshake_timeout,\{frame_payload,(?<type>\d+),(?<frameChannel>\d+),(?<size>\d+)/,
      what: 'The client{at} sent only part of a frame of {size} bytes during its handshake, and the timeout expired.',
      cause:
        'The rest was lost: a network with a too small MTU (VPN, overlay network), a firewall, a client that stopped in the middle, or bytes that are not AMQP frames.',
      worry: 'yes',
      fix: 'Check the MTU between client and broker (`ping -M do -s 1400 HOST`). If the size is absurd, the client does not speak AMQP 0-9-1.',
    },
    {
      name: 'handshake_timeout_sasl',
      reason: 'handshake_timeout',
      examples: [
        closing('{handshake_timeout,{frame_header,sasl}}'),
        closing('{handshake_timeout,{frame_header_1_0,sasl}}'),
      ],
      pattern: /^\{handshake_timeout,\{frame_header(?:_1_0)?,sasl/,
      what: 'The AMQP 1.0 client{at} did not send its login (SASL init) within the handshake timeout.',
      cause: 'A blocked or overloaded client, or a health check that sends the AMQP 1.0 header and stays connected.',
      worry: 'maybe',
      fix: `Look at the client. To allow more time, set ${RAISE}.`,
    },
    {
      name: 'handshake_timeout_open_1_0',
      reason: 'handshake_timeout',
      examples: [
        closing('{handshake_timeout,{frame_header,amqp}}'),
        closing('{handshake_timeout,{frame_header_1_0,amqp}}'),
      ],
      pattern: /^\{handshake_timeout,\{frame_header(?:_1_0)?,amqp/,
      what: 'The AMQP 1.0 client{at} logged in but did not send `open` within the handshake timeout.',
      cause: 'A blocked or overloaded client, or one that stopped after SASL.',
      worry: 'maybe',
      fix: `Look at the client. To allow more time, set ${RAISE}.`,
    },
    {
      name: 'handshake_timeout_body_1_0',
      reason: 'handshake_timeout',
      examples: [
        closing('{handshake_timeout,{frame_body,sasl,2,0}}'),
        closing('{handshake_timeout,{frame_payload_1_0,sasl,2,0}}'),
      ],
      pattern: /^\{handshake_timeout,\{frame_(?:body|payload_1_0),/,
      what: 'The AMQP 1.0 client{at} sent only part of a frame, and the handshake timeout expired.',
      cause: 'The rest was lost (a too small MTU, a firewall), or the client stopped in the middle.',
      worry: 'yes',
      fix: 'Check the MTU between client and broker (`ping -M do -s 1400 HOST`).',
    },
    {
      name: 'handshake_timeout',
      reason: 'handshake_timeout',
      examples: [closing('{handshake_timeout,tls}'), closing('handshake_timeout')],
      pattern: /^\{?handshake_timeout\b/,
      what: 'The client{at} did not open its connection within the handshake timeout (10 s by default).',
      cause: 'A health check that stays connected, or a client that is blocked or overloaded.',
      worry: 'maybe',
      fix: `To allow more time, set ${RAISE}.`,
    },
  ],
};
