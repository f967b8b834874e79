import type { Recognizer } from '../recognizer.js';
import { isHeaderAlone } from './header-alone.js';

/** Checks that many programs make in the same way. Their period can narrow them down. */
export const TCP: readonly Recognizer[] = [
  {
    what: 'amqp_header_check',
    detail:
      'a check that sends the protocol header and waits for Start: HAProxy with tcp-check connect linger, or a monitoring agent',
    confidence: 'possible',
    advice:
      'Send nothing in the check, in HAProxy `tcp-check connect linger` without `tcp-check send-binary`: RabbitMQ logs it only at debug then, instead of two entries for each check',
    is: isHeaderAlone,
  },
  {
    what: 'amqp_client_check',
    detail: 'an AMQP client that checks the broker: it connects, and leaves before it does any work',
    confidence: 'possible',
    advice:
      'If the entries are too many, use `rabbitmq-diagnostics -q check_port_connectivity` or a check that only connects, such as `nc -z HOST 5672`',
    is: ({ style }) => style === 'header_close' || style === 'login',
  },
  {
    what: 'idle_connection',
    detail: 'a client that connects and waits for the server to send first, such as a banner check',
    confidence: 'possible',
    advice:
      'Let the check close the connection as soon as it is connected, as `nc -z HOST 5672` does: RabbitMQ sends nothing first, and logs handshake_timeout',
    is: ({ style }) => style === 'hold',
  },
  {
    what: 'load_balancer_check',
    detail: 'a load balancer: its PROXY header declares the connection its own',
    confidence: 'likely',
    advice: null,
    is: ({ style }) => style === 'proxy_local',
  },
  {
    what: 'local_tcp_check',
    detail:
      'a check on the same host that only connects: rabbitmq-diagnostics check_port_connectivity, nc -z, /dev/tcp, or an agent',
    confidence: 'possible',
    advice: null,
    is: ({ style, source }) => style === 'no_data' && source !== null && /^127\.|^::1$|^::ffff:127\./.test(source),
  },
  {
    what: 'tcp_check',
    detail:
      'a check that only connects: a Kubernetes tcpSocket probe, keepalived TCP_CHECK, a Consul TCP check, HAProxy with tcp-check connect linger, a cloud load balancer, check_tcp, Zabbix net.tcp.service, or nc -z',
    confidence: 'possible',
    advice: null,
    is: ({ style }) => style === 'no_data',
  },
];
