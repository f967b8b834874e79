import { ENDS } from '../examples.js';
import type { Family } from '../row.js';
import { AMQP_1_0_LIFE } from './amqp-1-0-life.js';

/** The normal life of an AMQP connection. */
export const LIFE: Family = {
  title: 'Normal operation',
  intro: 'These entries mean that things work.',
  of: 'entry',
  begins:
    /^(?:accepting |closing AMQP |Error on AMQP |Closing AMQP |[cC]onnection |AMQP 1\.0 |[cC]redential expires|sessions running|Closing session |User '|start(?:ing|ed) TCP |accepted TCP |closing TCP |Updating user|updating credential)/,
  rows: [
    {
      name: 'accepting',
      reason: null,
      examples: [`accepting AMQP connection <0.748.0> (${ENDS})`, `accepting AMQP connection ${ENDS}`],
      pattern: /^(?:accepting AMQP|starting TCP|accepted TCP) connection/,
      what: 'The client{at} connected. RabbitMQ logs this when the first byte arrives, or when the connection ends without one.',
      cause: 'Normal operation.',
      worry: 'no',
      fix: 'Nothing. To hide these entries, set `log.connection.level = warning` in rabbitmq.conf.',
    },
    {
      name: 'connection_named',
      reason: null,
      examples: [
        `connection <0.748.0> (${ENDS}) has a client-provided name: billing`,
        `Connection <0.748.0> (${ENDS}) has a client-provided name: billing`,
        `connection ${ENDS} has a client-provided name: billing`,
      ],
      pattern: /^[cC]onnection .*? has a client-provided name: (?<given>[\s\S]*)/,
      what: "The client{at} named its connection '{given}'.",
      cause: 'Normal operation.',
      worry: 'no',
      fix: 'Nothing.',
    },
    {
      name: 'access_granted',
      reason: null,
      examples: [
        `connection <0.748.0> (${ENDS}): user 'app' authenticated and granted access to vhost '/'`,
        `connection ${ENDS} - billing: user 'app' authenticated and granted access to vhost '/'`,
        `AMQP 1.0 connection <0.748.0>: user 'app' authenticated and granted access to vhost '/'`,
      ],
      pattern: /user '(?<user>[\s\S]*?)' authenticated and granted access to vhost '(?<vhost>[\s\S]*)'/,
      what: "The client{at} logged in as '{user}' and opened the virtual host '{vhost}'.",
      cause: 'Normal operation.',
      worry: 'no',
      fix: 'Nothing. Very many of these entries in a short time mean that an application connects for each task: let it keep its connection.',
    },
    {
      name: 'access_granted_1_0',
      reason: null,
      examples: [
        "Connection from AMQP 1.0 container 'billing': user 'app' authenticated using SASL mechanism PLAIN and granted access to vhost '/'",
      ],
      pattern:
        /^Connection from AMQP 1\.0 container '(?<container>[\s\S]*?)': user '(?<user>[\s\S]*?)' authenticated using SASL mechanism (?<mechanism>\S+) and granted access to vhost '(?<vhost>[\s\S]*)'/,
      what: "The AMQP 1.0 client '{container}' logged in as '{user}' ({mechanism}) and opened the virtual host '{vhost}'.",
      cause: 'Normal operation.',
      worry: 'no',
      fix: 'Nothing.',
    },
    {
      name: 'authenticated_1_0',
      reason: null,
      examples: ["AMQP 1.0 connection <0.748.0>: user 'app' authenticated"],
      pattern: /^AMQP 1\.0 connection .*?: user '(?<user>[\s\S]*?)' authenticated/,
      what: "An AMQP 1.0 client logged in as '{user}'.",
      cause: 'Normal operation.',
      worry: 'no',
      fix: 'Nothing.',
    },
    ...AMQP_1_0_LIFE,
    {
      name: 'user_authenticated',
      reason: null,
      examples: [
        "User 'app' authenticated successfully",
        "User 'app' authenticated successfully by backend rabbit_auth_backend_internal",
      ],
      pattern: /^User '(?<user>[\s\S]*?)' authenticated successfully/,
      what: "User '{user}' logged in.",
      cause: 'Normal operation.',
      worry: 'no',
      fix: 'Nothing.',
    },
    {
      name: 'user_failed_to_authenticate',
      // It is not the end of the connection: another backend may accept the user.
      reason: null,
      examples: [
        "User 'app' failed to authenticate: user 'app' - invalid credentials",
        "User 'app' failed authentication by backend rabbit_auth_backend_internal",
        "User 'app' failed authenticatation by backend rabbit_auth_backend_internal",
        "User 'app' authentication failed with error:badarg:\n[]",
      ],
      pattern:
        /^User '(?<user>[\s\S]*?)' (?:failed to authenticate|failed authenticat\w+ by backend|authentication failed)/,
      what: "A login of user '{user}' was refused by an auth backend.",
      cause:
        'A wrong password, an unknown user, or (with several backends) a backend that does not know this user. The entry `Error on AMQP connection` of the same moment names the client.',
      worry: 'yes',
      fix: 'Check the password: `rabbitmqctl authenticate_user {user} PASSWORD`.',
    },
    {
      name: 'secret_updated',
      reason: null,
      examples: [
        `connection ${ENDS}: user 'app' updated secret, reason: refresh`,
        `connection <0.748.0> (${ENDS}) of user 'app': asked to update secret, reason: refresh`,
      ],
      pattern:
        /user '(?<user>[\s\S]*?)'(?: updated secret|: asked to update secret)|^(?:Updating user|updating credential)/,
      what: 'The client{at} renewed its OAuth 2 token.',
      cause: 'Normal operation.',
      worry: 'no',
      fix: 'Nothing.',
    },
    {
      name: 'credential_expired',
      reason: 'connection_closed',
      examples: [`closing AMQP connection ${ENDS} of user 'app': credential has expired`],
      pattern: /credential (?:has )?expired/,
      what: 'The broker closed the connection of the client{at} because the OAuth 2 token of its user had expired.',
      cause: 'The client did not renew its token in time.',
      worry: 'yes',
      fix: 'Renew the token before it expires (`update-secret` in AMQP 0-9-1), with a margin for the clocks.',
    },
    {
      name: 'channel_not_opened',
      reason: null,
      examples: [`Connection ${ENDS} failed to open channel 1: {shutdown,timeout}`],
      pattern: /failed to open channel (?<number>\d+)/,
      what: 'The broker could not open channel {number} for the client{at}.',
      cause:
        'A process of the broker failed to start. The broker is overloaded, or its metadata store is not available.',
      worry: 'yes',
      fix: 'Check the node: `rabbitmq-diagnostics status`.',
    },
    {
      name: 'closed_cleanly',
      reason: 'connection_closed',
      examples: [
        `closing AMQP connection <0.748.0> (${ENDS}, vhost: '/', user: 'app')`,
        `closing AMQP connection (${ENDS}, vhost: '/', user: 'app', duration: '2M, 5s')`,
        `closing AMQP connection <0.748.0> (${ENDS})`,
      ],
      pattern: /^closing AMQP connection [^\n]*\)\s*$/,
      when: ({ subject }) => subject.rest.trim() === '',
      what: 'The connection of the client{at} ended after an orderly Close.',
      cause:
        'The client or the broker closed it. If the broker did, an entry `Error on AMQP connection` of the same connection before this one says why.',
      worry: 'no',
      fix: 'Nothing.',
    },
    {
      name: 'closing_without_reason',
      reason: null,
      examples: [
        `closing AMQP connection <0.748.0> (${ENDS}):`,
        `Error on AMQP connection <0.748.0> (${ENDS}, state: starting):`,
      ],
      pattern: /^(?:closing|Error on) (?:AMQP|TCP) .*\)(?:, channel \d+)?:\s*$/,
      what: 'The connection of the client{at} ended, but the entry is cut off: the reason is on its next line.',
      cause: 'Only the first line of an entry of two lines was given.',
      worry: 'maybe',
      fix: 'Explain both lines together: `rabbit-snare explain --file LOG`, or with the reason after the colon.',
    },
  ],
};
