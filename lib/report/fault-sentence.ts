import { faultActed } from '../amqp/sentence.js';
import type { Facts } from './facts.js';

/**
 * Returns one sentence for a connection that a fault ended with a Close or with an imitated refusal; undefined for all
 * others, whose reason already says what happened.
 */
export function faultSentence({ fault, connectionClose, reason, ended }: Facts): string | undefined {
  if (fault === null || ended.by !== 'proxy') return undefined;
  const acted = faultActed(fault.name, fault.type, fault.at);
  if (connectionClose?.by === 'proxy') {
    return `The proxy closed the connection with ${connectionClose.code} ${connectionClose.name}: ${acted}.`;
  }
  if (fault.type !== 'amqp_refuse' || reason.name === 'fault') return undefined;
  return `The proxy refused the client as RabbitMQ does for ${reason.name}: ${acted}.`;
}
