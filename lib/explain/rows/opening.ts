import { ENDS, refused } from '../examples.js';
import type { Family } from '../row.js';

const opening = (text: string): string => refused('opening', text);

/** Why a broker did not open a virtual host for a client that had logged in. */
export const OPENING: Family = {
  title: 'Virtual hosts and limits',
  intro:
    'The login was good, but the virtual host was refused. The client sees `NOT_ALLOWED` (530) or `INTERNAL_ERROR` (541).',
  of: 'reason',
  rows: [
    {
      name: 'vhost_not_found',
      reason: 'vhost_not_found',
      examples: [opening('vhost orders not found')],
      pattern:
        /^(?:operation connection\.open caused a connection exception not_allowed: "|\{handshake_error,opening,.*")?vhost (?<vhost>.*) not found/,
      what: "The client{at} asked for the virtual host '{vhost}', which does not exist.",
      cause:
        "A typo, a virtual host that was never created on this broker, or a URI with a slash too many: `amqp://HOST//` asks for '/', `amqp://HOST/` for an empty name.",
      worry: 'yes',
      fix: "Create it: `rabbitmqctl add_vhost {vhost}` and `rabbitmqctl set_permissions -p {vhost} {user} '.*' '.*' '.*'`. Or correct the URI ('/' is `%2F`).",
    },
    {
      name: 'vhost_limit',
      reason: 'access_refused',
      examples: [
        opening("access to vhost 'orders' refused for user 'app': connection limit (10) is reached"),
        opening("access to vhost 'orders' refused for user 'app': vhost connection limit (10) is reached"),
        opening("access to vhost 'orders' refused for user 'app': connection limit cannot be queried, timeout"),
      ],
      pattern:
        /access to vhost '(?<vhost>.*?)' refused for user '(?<user>.*?)': (?:vhost )?connection limit (?:\((?<limit>\d+)\))?/,
      what: ({ subject: { client }, groups: { vhost, limit } }) =>
        `The client${client === null ? '' : ` at ${client}`} was refused: the virtual host '${vhost}' has reached its limit of ${limit === undefined ? '' : `${limit} `}connections.`,
      cause: 'More clients than planned, or clients that leak connections.',
      worry: 'yes',
      fix: 'Look for the user or host with most connections: `rabbitmqctl list_connections user peer_host name`. Raise the limit: `rabbitmqctl set_vhost_limits -p {vhost} \'{"max-connections": 1000}\'`.',
    },
    {
      name: 'vhost_down',
      reason: 'access_refused',
      examples: [
        `Error on AMQP connection <0.748.0> (${ENDS}, vhost: 'none', user: 'app', state: opening), channel 0:\n {handshake_error,opening,{amqp_error,internal_error,"access to vhost '/' refused for user 'app': vhost '/' is down",'connection.open'}}`,
      ],
      pattern: /access to vhost '(?<vhost>.*?)' refused for user '(?<user>.*?)': vhost '.*?' is down/,
      what: "The client{at} was refused: the virtual host '{vhost}' is down on this node.",
      cause: 'The virtual host failed to start, usually because of a damaged message store or a full disk.',
      worry: 'yes',
      fix: 'Restart it: `rabbitmqctl restart_vhost -p {vhost}`. If it fails, look for the error of its start in the log.',
    },
    {
      name: 'vhost_access_refused',
      reason: 'access_refused',
      examples: [opening("access to vhost 'orders' refused for user 'app'")],
      pattern: /access to vhost '(?<vhost>.*?)' refused for user '(?<user>.*?)'/,
      what: "The client{at} was refused: user '{user}' has no permission for the virtual host '{vhost}'.",
      cause: 'The user has no permissions in that virtual host, or (3.6) the virtual host does not exist.',
      worry: 'yes',
      fix: "Grant them: `rabbitmqctl set_permissions -p {vhost} {user} '.*' '.*' '.*'`.",
    },
    {
      name: 'user_limit',
      reason: 'access_refused',
      examples: [
        opening("connection refused for user 'app': user connection limit (5) is reached"),
        opening("Connection refused for user 'app': user connection limit (5) is reached"),
      ],
      pattern: /[cC]onnection refused for user '(?<user>.*?)': user connection limit \((?<limit>\d+)\)/,
      what: "The client{at} was refused: user '{user}' has reached its limit of {limit} connections.",
      cause: 'More instances of the application than planned, or connections that it does not close.',
      worry: 'yes',
      fix: 'Raise the limit: `rabbitmqctl set_user_limits {user} \'{"max-connections": 100}\'`, or remove it: `rabbitmqctl clear_user_limits {user} max-connections`.',
    },
    {
      name: 'node_limit',
      reason: 'access_refused',
      examples: [opening('connection refused: node connection limit (1000) is reached')],
      pattern: /connection refused: node connection limit \((?<limit>\d+)\)/,
      what: 'The client{at} was refused: the node has reached its limit of {limit} connections.',
      cause: 'More clients than planned, clients that leak connections, or all clients on one node after a failover.',
      worry: 'yes',
      fix: 'Find who has most: `rabbitmqctl list_connections user peer_host`. Raise `connection_max = N` in rabbitmq.conf.',
    },
    {
      name: 'not_allowed_at_open',
      reason: 'access_refused',
      examples: [
        opening("failed authorization of user 'app'"),
        `Error on AMQP connection <0.748.0> (${ENDS}, vhost: 'none', user: 'app', state: opening), channel 0:\n {handshake_error,opening,{amqp_error,access_refused,"refused by the backend",'connection.open'}}`,
      ],
      pattern:
        /^(?:\{handshake_error,opening,\{amqp_error,(?:access_refused|not_allowed),|(?!\{|operation )(?!.*(?:login refused|failed to negotiate|heartbeat)))/,
      when: ({ subject, text }) => subject.state === 'opening' || text.startsWith('{handshake_error,opening,'),
      what: 'The broker refused to open the connection of the client{at}.',
      cause: 'An auth backend or a limit refused the virtual host. The text of the entry has its reason.',
      worry: 'yes',
      fix: 'Check the permissions: `rabbitmqctl list_user_permissions {user}`.',
    },
    {
      name: 'method_before_open',
      reason: 'connection_closed',
      examples: [
        `Error on AMQP connection <0.748.0> (${ENDS}, vhost: 'none', user: 'app', state: opening), channel 0:\n {handshake_error,opening,{amqp_error,channel_error,"unexpected method in connection state opening",'connection.close'}}`,
      ],
      pattern: /^\{handshake_error,opening,/,
      what: 'The client{at} logged in and then sent a method that is not allowed before Open.',
      cause: 'A client that closes without opening (a health check that logs in), or one with a bug.',
      worry: 'maybe',
      fix: 'Let the health check open the virtual host before it closes, or close TCP. Otherwise update the client library.',
    },
  ],
};
