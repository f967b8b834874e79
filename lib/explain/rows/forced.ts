import { ENDS, exception } from '../examples.js';
import type { Row } from '../row.js';

/** Open connections that the broker closed although their clients did nothing wrong. */
export const FORCED: readonly Row[] = [
  {
    name: 'broker_stopped',
    reason: 'connection_closed',
    examples: [exception('connection_forced', "broker forced connection closure with reason 'shutdown'")],
    pattern: /connection_forced: "broker forced connection closure with reason '(?<how>.*?)'/,
    what: 'The broker closed the connection of the client{at} because it was stopping (320 CONNECTION_FORCED).',
    cause: 'The node was restarted, updated or stopped.',
    worry: 'no',
    fix: 'Nothing, if the restart was planned. Clients should reconnect by themselves.',
  },
  {
    name: 'closed_by_operator',
    reason: 'connection_closed',
    examples: [
      exception('connection_forced', 'Closed via management plugin'),
      `Closing AMQP connection <0.748.0> (${ENDS}, vhost: '/', user: 'app'): Closed via management plugin`,
      exception('connection_forced', "user 'app' is deleted"),
    ],
    pattern:
      /caused a connection exception connection_forced: "?(?<why>[\s\S]*?)"?$|^(?<why2>(?:Closed via|Connection forced|Node was put|vhost|user)\b[\s\S]*)/,
    what: ({ subject: { client }, groups }) =>
      `The broker closed the connection${client === null ? '' : ` of the client at ${client}`} on request (320 CONNECTION_FORCED): ${groups['why'] ?? groups['why2'] ?? 'no explanation'}.`,
    cause:
      'An operator closed it (management UI, `rabbitmqctl close_connection`), the node went into maintenance, or its user or virtual host was deleted.',
    worry: 'no',
    fix: 'Nothing, if it was intended. Clients should reconnect by themselves.',
  },
];
