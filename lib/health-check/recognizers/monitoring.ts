import type { Recognizer } from '../recognizer.js';
import { userAgentIs } from './user-agent.js';

const ONLY_CONNECT = 'a check that only connects appears in the log of RabbitMQ only at debug';

/** Monitoring systems, service registries and orchestrators. */
export const MONITORING: readonly Recognizer[] = [
  {
    what: 'kubernetes_http_get',
    detail: 'a Kubernetes probe with httpGet',
    confidence: 'certain',
    advice:
      'Replace `httpGet` in the probe of the container with `tcpSocket: {port: 5672}`, or with `exec: {command: [rabbitmq-diagnostics, -q, ping]}`',
    isSignature: true,
    is: userAgentIs('kube-probe/'),
  },
  {
    what: 'blackbox_exporter',
    detail: "Prometheus' blackbox exporter with the RabbitMQ module of its example: HELO, then it expects AMQP",
    confidence: 'certain',
    advice: `Remove \`query_response\` from the module in blackbox.yml and keep \`prober: tcp\`: ${ONLY_CONNECT}`,
    isSignature: true,
    is: (_, text) => text === 'HELO\r\n\r\n',
  },
  {
    what: 'blackbox_exporter',
    detail: "Prometheus' blackbox exporter with the http prober",
    confidence: 'certain',
    advice: `Use a module with \`prober: tcp\` for this port in blackbox.yml: ${ONLY_CONNECT}`,
    isSignature: true,
    is: (evidence, text) => isBlackbox(evidence, text) || isOldBlackbox(evidence, text),
  },
  {
    what: 'prometheus_scrape',
    detail: 'a Prometheus server that scrapes the AMQP port',
    confidence: 'certain',
    advice: 'Scrape the rabbitmq_prometheus plugin: in the scrape config, change the target to `HOST:15692`',
    isSignature: true,
    is: userAgentIs('Prometheus/'),
  },
  {
    what: 'consul_http_check',
    detail: 'a Consul HTTP check',
    confidence: 'certain',
    advice: `In the check of the Consul service, replace \`http\` with \`"tcp": "HOST:5672"\`: ${ONLY_CONNECT}`,
    isSignature: true,
    is: userAgentIs('Consul Health Check'),
  },
  {
    what: 'keepalived_http_get',
    detail: "keepalived's HTTP_GET",
    confidence: 'certain',
    advice: `In keepalived.conf, replace \`HTTP_GET\` with \`TCP_CHECK { connect_port 5672 }\`: ${ONLY_CONNECT}`,
    isSignature: true,
    is: userAgentIs('KeepAliveClient'),
  },
  {
    what: 'check_http',
    detail: 'check_http of the monitoring plugins (Nagios, Icinga)',
    confidence: 'certain',
    advice: `Replace the command with \`check_tcp -H HOST -p 5672\`: ${ONLY_CONNECT}`,
    isSignature: true,
    is: userAgentIs('check_http/'),
  },
  {
    what: 'envoy_health_check',
    detail: 'an Envoy HTTP health check',
    confidence: 'certain',
    advice: `In the cluster of Envoy, replace \`http_health_check\` with \`tcp_health_check: {}\`: ${ONLY_CONNECT}`,
    isSignature: true,
    is: userAgentIs('Envoy/HC'),
  },
  {
    what: 'zabbix_web_check',
    detail: 'a Zabbix web scenario or HTTP agent item',
    confidence: 'certain',
    advice: `Use the item \`net.tcp.service[tcp,HOST,5672]\`: ${ONLY_CONNECT}`,
    isSignature: true,
    is: userAgentIs('Zabbix'),
  },
  {
    what: 'uptime_check',
    detail: 'an uptime monitor (Uptime Kuma, UptimeRobot, Pingdom or Datadog) that sends HTTP requests',
    confidence: 'certain',
    advice: `Change the type of the monitor from HTTP to \`TCP port\`, with port 5672: ${ONLY_CONNECT}`,
    isSignature: true,
    is: ({ userAgent }) =>
      userAgent !== null && /^(?:Uptime-Kuma|Pingdom|Datadog)|UptimeRobot\/|Pingdom\.com_bot/.test(userAgent),
  },
  {
    what: 'platform_head',
    detail:
      'a hosting platform that looks for HTTP servers on open ports, or a load balancer that checks with HEAD, such as Alibaba Cloud',
    confidence: 'possible',
    advice: `In the service of the platform, change the health check to TCP (for Alibaba Cloud: \`HealthCheckType=tcp\`): ${ONLY_CONNECT}`,
    is: ({ requestLine }, text) => text === 'HEAD / H' && requestLine?.startsWith('HEAD / HTTP/') !== false,
  },
  {
    what: 'eight_letters',
    detail: 'a monitoring agent that sends eight letters, because RabbitMQ answers them with AMQP',
    confidence: 'likely',
    advice: `Remove the text to send and to expect from the check (for check_tcp: \`-s\` and \`-e\`): ${ONLY_CONNECT}`,
    is: ({ received }, text) => received <= 10 && /^[A-Za-z]{8}$/.test(text),
  },
];

const isBlackbox = userAgentIs('Blackbox Exporter/');
/** Before 0.23 it sent `Blackbox-Exporter`. */
const isOldBlackbox = userAgentIs('Blackbox-Exporter');
