import type { Identity } from './identity.js';

const CLOSES = {
  rst: 'rst, like RabbitMQ by default',
  fin: 'fin, like RabbitMQ without linger in its tcp_listen_options, or behind a load balancer',
  mixed: 'rst and fin: something in between changes how connections are closed',
} as const;

/** Formats an identity for a terminal, without a line break at the end. */
export function formatIdentity({ name, rabbitmq, close, evidence, remarks }: Identity): string {
  const ends = close === null ? [] : [`close: ${rabbitmq ? CLOSES[close] : close}`];
  return [name, ...ends, ...remarks, ...evidence.map(({ sentence }) => `- ${sentence}`)].join('\n');
}
