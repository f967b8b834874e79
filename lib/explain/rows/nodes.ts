import type { Family } from '../row.js';

/** Connections of nodes, tools and management clients, which people look for in the same places. */
export const NODES: Family = {
  title: 'Nodes and tools',
  intro: 'These entries are not about AMQP clients.',
  of: 'entry',
  begins:
    /^(?:HTTP access denied|\*\* Connection attempt|Connection attempt|\*\* Node |node |rabbit on node|Ranch (?:listener|protocol)|\{?ranch|Supervisor \{<|LDAP (?:CHECK|DECISION|bind|connect|filling|evaluat)|TLS peer verification|Mnesia\()/,
  rows: [
    {
      name: 'management_login_refused',
      reason: null,
      examples: [
        "HTTP access denied: user 'guest' - User can only log in via localhost",
        "HTTP access denied: user 'app' - invalid credentials",
        "HTTP access denied: user 'app' - Not management user",
      ],
      pattern: /^HTTP access denied: (?:user '(?<user>[^']*)' - )?(?<why>[^\n]*)/,
      what: "The management API refused user '{user}': {why}.",
      cause:
        '`guest` may only log in from the machine of the broker, the password is wrong, or the user has no management tag.',
      worry: 'maybe',
      fix: 'Create a user for it: `rabbitmqctl add_user NAME PASSWORD` and `rabbitmqctl set_user_tags NAME monitoring`.',
    },
    {
      name: 'erlang_cookie',
      reason: null,
      examples: [
        "** Connection attempt from disallowed node 'rabbitmqcli-1-rabbit@mq2' **",
        '** Connection attempt from node rabbit@mq2 rejected. Invalid challenge reply. **',
      ],
      pattern: /^(?:\*\* )?Connection attempt from (?:disallowed )?node '?(?<node>[^'\s]+)'?/,
      what: 'The node or tool {node} could not connect to this node: the Erlang cookies differ.',
      cause: 'Another cookie on that machine or for that user, or another cluster with the same host names.',
      worry: 'maybe',
      fix: 'Copy `/var/lib/rabbitmq/.erlang.cookie` of this node to the other one, and to `~/.erlang.cookie` of the user of rabbitmqctl.',
    },
    {
      name: 'node_down',
      reason: null,
      examples: [
        "rabbit on node 'rabbit@mq2' down",
        "node 'rabbit@mq2' down: net_tick_timeout",
        'node rabbit@mq2 down: connection_closed',
      ],
      pattern: /^(?:rabbit on )?node '?(?<node>[^'\s:]+)'? down(?:: (?<why>\w+))?/,
      what: 'This node lost its connection to the node {node} of the cluster.',
      cause:
        'The other node stopped, is overloaded, or the network between them is interrupted (`net_tick_timeout`: for 60 s).',
      worry: 'yes',
      fix: 'Look at `rabbitmq-diagnostics cluster_status`, and at the log of the other node.',
    },
    {
      name: 'node_up',
      reason: null,
      examples: ["node 'rabbit@mq2' up", "rabbit on node 'rabbit@mq2' up"],
      pattern: /^(?:rabbit on )?node '?(?<node>[^'\s:]+)'? up/,
      what: 'The node {node} of the cluster is connected.',
      cause: 'Normal operation.',
      worry: 'no',
      fix: 'Nothing.',
    },
    {
      name: 'listener_process_ended',
      reason: null,
      examples: [
        'Ranch listener {acceptor,{0,0,0,0},5672} connection process <0.748.0> exited with reason: {noproc,[]}',
        'Ranch protocol <0.748.0> of listener {acceptor,{0,0,0,0,0,0,0,0},5672} (connection <0.749.0>) terminated\nnormal',
      ],
      pattern: /^Ranch (?:listener|protocol) /,
      what: 'The process of a connection ended before or while it was handed over to its reader.',
      cause: 'The client was gone at once (a health check or port scan), or its TLS handshake or PROXY header failed.',
      worry: 'no',
      fix: 'Nothing, if it comes from health checks.',
    },
    {
      name: 'connection_process_started',
      reason: null,
      examples: [
        `Supervisor {<0.760.0>,amqp_channel_sup} started amqp_channel:start_link(direct, <0.761.0>, 1) at pid <0.762.0>`,
      ],
      pattern: /^Supervisor \{<[\d.]+>,\w*(?:amqp|connection|channel)\w*\} started/,
      what: 'The broker started a process for a connection or channel.',
      cause: 'Normal operation, logged at debug level.',
      worry: 'no',
      fix: 'Nothing.',
    },
    {
      name: 'ldap_trace',
      reason: null,
      examples: [
        'LDAP CHECK: login for app',
        'LDAP DECISION: login for app: denied',
        'LDAP bind error: "app" invalidCredentials',
      ],
      pattern: /^LDAP (?<rest>[^\n]*)/,
      what: 'The LDAP backend decided about a user: {rest}.',
      cause: 'Normal operation with `auth_ldap.log = true`. `denied` is a refusal.',
      worry: 'maybe',
      fix: 'For a refusal, compare `auth_ldap.user_dn_pattern` and the queries with the directory.',
    },
    {
      name: 'no_peer_verification',
      reason: null,
      examples: [
        'TLS peer verification (authentication) is disabled, ssl_options.verify value used: verify_none. See https://www.rabbitmq.com/docs/ssl#peer-verification to learn more.',
      ],
      pattern: /^TLS peer verification/,
      what: 'The broker does not check certificates of clients.',
      cause: '`ssl_options.verify = verify_none`, the default.',
      worry: 'no',
      fix: 'To require client certificates: `ssl_options.verify = verify_peer` and `ssl_options.fail_if_no_peer_cert = true`.',
    },
  ],
};
