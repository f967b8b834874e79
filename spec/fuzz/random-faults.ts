import { notesOf } from '../../lib/faults/attribute.js';
import { FAULT_TYPES } from '../../lib/faults/registry.js';
import type { Random } from '../conformance/random.js';
import type { Json } from './target.js';

const MOMENTS = ['accept', 'header', 'start', 'start-ok', 'tune', 'tune-ok', 'open', 'running'] as const;

/** A fault of any type. Nearly all of its attributes are valid, and its delays are short. */
export function randomFault(random: Random, name: string): { readonly [key: string]: Json } {
  const type = random.pick(FAULT_TYPES as unknown as [(typeof FAULT_TYPES)[number], ...(typeof FAULT_TYPES)[number][]]);
  const isListener = type.acts === 'listener';
  const attributes: Record<string, Json> = {};
  for (const [key, schema] of Object.entries(type.attributes)) {
    if (random.chance(0.4) && key !== 'method') continue;
    attributes[key] = attributeValue(random, key, notesOf(schema) as Notes);
  }
  return {
    name,
    type: type.name,
    attributes,
    ...(isListener ? {} : { stream: random.pick(['upstream', 'downstream']), toxicity: 1 }),
    ...(random.chance(0.15) && !isListener ? { times: 1 } : {}),
    ...(random.chance(0.1)
      ? { when: random.pick<Json>([{ after: 5 }, { until: 20 }, { user: 'guest' }, { connection: '1-' }]) }
      : {}),
  };
}

type Notes = { readonly enum?: readonly string[]; readonly unit?: string };

function attributeValue(random: Random, key: string, { enum: words, unit }: Notes): Json {
  if (words !== undefined && words.length > 0) return random.pick(words as [string, ...string[]]);
  switch (key) {
    case 'at':
      return random.pick(MOMENTS);
    case 'code':
      return random.pick([320, 403, 530, 541]);
    case 'farewell':
      return random.pick(['', '414d515000000901', 'ff'.repeat(64)]);
    case 'method':
      return random.pick(['basic.ack', 'basic.publish', 'channel.open', 'connection.close']);
    case 'server_properties':
      return random.pick<Json>([{}, { product: null }, { version: '3.8.9', nested: { deep: [1, true, 'x'] } }]);
    case 'text':
      return random.pick(['', 'text', 'é'.repeat(100)]);
    case 'clamp':
      return random.chance(0.5);
    case 'octets':
      return random.between(0, 8);
    case 'share':
      return random.pick([1, 0.5]);
    case 'batch':
      return random.between(2, 4);
    default:
      // A fault may hold a connection for as long as it is told to.
      if (unit === 'ms' || unit === 'µs') return random.pick<Json>([0, 1, 5, 20, 60, { from: 0, to: 60, over: 100 }]);
      return random.pick([0, 1, 2, 5, 20, 60, 4_096, 65_535]) as number;
  }
}
