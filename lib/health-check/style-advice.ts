import { QUIET_HAPROXY } from './quiet-check.js';
import type { HealthCheckStyle } from './style.js';

const NOTHING = 'Nothing needs to change: a broker logs such connections only at `log.connection.level = debug`';

/** What can be changed about the checks of a style when it is not known what makes them. */
export const STYLE_ADVICE: Readonly<Record<HealthCheckStyle, string>> = {
  no_data: NOTHING,
  no_data_reset: NOTHING,
  hold: `Close the connection as soon as it is established: each one costs an error in the broker's log, and HAProxy needs only ${QUIET_HAPROXY}`,
  partial: `Send nothing, as HAProxy does with ${QUIET_HAPROXY}, or the whole protocol header, \`414d515000000901\` in hex`,
  header_only: `Send nothing, as HAProxy does with ${QUIET_HAPROXY}: each protocol header costs a warning in the broker's log`,
  header_close:
    'Close the TCP connection after Start and do not send `connection.close`, which RabbitMQ rejects with an error before the login',
  login:
    'Keep one connection open instead of a login for each check, or set `log.connection.level = warning` in rabbitmq.conf',
  http: 'Send the HTTP check to the management API, `GET /api/health/checks/port-listener/5672` on port 15672, or use a TCP check without HTTP',
  tls_hello:
    'Check the TLS listener, normally `5671`, or check without TLS: in HAProxy, remove `check-ssl` from the `server` line',
  tls_handshake: NOTHING,
  proxy_local: NOTHING,
  proxy_only:
    'Accept the PROXY header, `proxyProtocol.accept: accept` here or `proxy_protocol = true` in rabbitmq.conf, or remove `send-proxy` from the load balancer',
  text: `Send nothing, as HAProxy does with ${QUIET_HAPROXY}, or the protocol header as the bytes \`414d515000000901\``,
  other: `Check with a TCP connection that sends nothing, as HAProxy does with ${QUIET_HAPROXY}`,
};
