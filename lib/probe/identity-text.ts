import type { Identity } from './identity.js';

const CLOSES = {
  rst: 'rst, as RabbitMQ by default',
  fin: 'fin, as a RabbitMQ whose tcp_listen_options have no linger, or behind a balancer',
  mixed: 'rst and fin: something in between changes how connections end',
} as const;

/** An identity as lines for a terminal, without a line break at the end. */
export function formatIdentity({ name, rabbitmq, close, evidence, remarks }: Identity): string {
  const ends = close === null ? [] : [`close: ${rabbitmq ? CLOSES[close] : close}`];
  return [name, ...ends, ...remarks, ...evidence.map(({ sentence }) => `- ${sentence}`)].join('\n');
}
