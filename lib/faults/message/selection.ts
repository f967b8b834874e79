import { matchesGlob } from '../glob.js';
import { MESSAGE_CONDITIONS, type MessageCondition, type When } from '../when.js';
import type { Consumers } from './consumers.js';
import { fieldsOf } from './fields.js';
import type { Message } from './message.js';

/** What is known of a message; null: it has none of that, or it is not known. */
export type Facts = { readonly [Name in MessageCondition]: string | null };

/** Which messages of a connection a fault acts on. */
export class Selection {
  private readonly conditions: readonly (readonly [MessageCondition, string])[];
  private readonly share: number;
  private readonly random: () => number;
  private left: number;

  /**
   * @param count the most messages; null: no limit
   * @param share the probability that the fault acts on a message
   * @param random numbers in [0, 1): one is drawn for each message that matches the conditions
   */
  constructor(when: When, { count, share }: MessageAmount, random: () => number) {
    this.conditions = MESSAGE_CONDITIONS.flatMap((name) => {
      const pattern = when[name];
      return pattern === undefined ? [] : [[name, pattern] as const];
    });
    this.left = count ?? Number.POSITIVE_INFINITY;
    this.share = share;
    this.random = random;
  }

  /** Whether there are conditions for messages. */
  get hasConditions(): boolean {
    return this.conditions.length > 0;
  }

  /** Whether there is a condition `method`. */
  get hasMethod(): boolean {
    return this.conditions.some(([name]) => name === 'method');
  }

  /** Whether all conditions hold. */
  matches(facts: Facts): boolean {
    return this.conditions.every(([name, pattern]) => {
      const fact = facts[name];
      return fact !== null && matchesGlob(fact, pattern);
    });
  }

  /** Whether the fault acts on a message, which then counts. */
  picks(facts: Facts): boolean {
    if (this.left <= 0 || !this.matches(facts) || this.random() >= this.share) return false;
    this.left -= 1;
    return true;
  }

  /** No other message is picked. */
  close(): void {
    this.left = 0;
  }
}

export type MessageAmount = { readonly count: number | null; readonly share: number };

/** These name a consumer, or answer a basic.get, and not a queue. */
const OF_CONSUMER = ['basic.consume-ok', 'basic.deliver', 'basic.get-ok'];

/** What is known of a message by itself, and by its consumer. */
export function factsOf(message: Message, consumers: Consumers): Facts {
  const { name } = message;
  const { queue, exchange = null, routingKey = null } = fieldsOf(message);
  return {
    method: name,
    queue: queue ?? (OF_CONSUMER.includes(name) ? (consumers.find(message)?.queue ?? null) : null),
    exchange,
    routing_key: routingKey,
  };
}
