import type { Effect } from './effect.js';

/**
 * Joins sends to the same side that follow each other, so that octets that arrived together stay one chunk. The gate
 * cuts them at the header and at frames, and a stream fault must not see these cuts.
 */
export function joinSends(effects: readonly Effect[]): Effect[] {
  const joined: Effect[] = [];
  for (let at = 0; at < effects.length; at++) {
    const effect = effects[at] as Effect;
    if (effect.type !== 'send') {
      joined.push(effect);
      continue;
    }
    const { to } = effect;
    const parts = [effect.octets];
    for (let next = effects[at + 1]; next?.type === 'send' && next.to === to; next = effects[at + 1]) {
      parts.push(next.octets);
      at += 1;
    }
    joined.push(parts.length === 1 ? effect : { type: 'send', to, octets: join(parts) });
  }
  return joined;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
