import { faultActed } from '../amqp/sentence.js';
import type { Facts } from './facts.js';

/**
 * One sentence about a connection that a fault ended in another name: with a Close, or with the refusal that it imitates.
 * Undefined for all others: their reason tells it.
 */
export function faultSentence({ fault, connectionClose, reason, ended }: Facts): string | undefined {
  if (fault === null || ended.by !== 'proxy') return undefined;
  const acted = faultActed(fault.name, fault.type, fault.at);
  if (connectionClose?.by === 'proxy') {
    return `The proxy closed the connection with ${connectionClose.code} ${connectionClose.name}: ${acted}.`;
  }
  if (fault.type !== 'amqp_refuse' || reason.name === 'fault') return undefined;
  return `The proxy refused the client as RabbitMQ does it for ${reason.name}: ${acted}.`;
}
